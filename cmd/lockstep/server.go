package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/artifact"
	"github.com/lockstep-dev/lockstep/internal/blob"
	"github.com/lockstep-dev/lockstep/internal/cli"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/metric"
	"github.com/lockstep-dev/lockstep/internal/monitor"
	"github.com/lockstep-dev/lockstep/internal/secret"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/web"
)

// serverOptions are the flags of `lockstep server`.
type serverOptions struct {
	data     string
	listen   string
	edge     edgeOptions
	database string
	secrets  string // where the key is that wraps the keyset
	names    []string
	logs     io.Writer
}

func serverCommand() *cobra.Command {
	var opts serverOptions
	cmd := &cobra.Command{
		Use:   "server",
		Short: "Run the control plane: API, engine, and the agent of this machine",
		Long: `Runs until interrupted. The apps and their traffic belong to the agent, which
this starts where it is needed and which outlives it.

The database is SQLite in the data directory, or PostgreSQL where --database-url
or LOCKSTEP_DATABASE_URL names one; the variable keeps a password out of the
process list.

Secrets are sealed with keys that are kept in the database, and those with a key
that --secret-key or LOCKSTEP_SECRET_KEY names: a file (secret.key in the data
directory, made when the first secret is set), or a key of Vault's transit engine
(hashivault://NAME, with VAULT_SERVER_URL and VAULT_SERVER_TOKEN). Keep a copy of
a key file apart from the database: without it no secret can be opened. Servers
of one database need the same key.

With --edge-tls the domains of the environments are served over HTTPS, with
certificates by ACME. Giving it means agreeing to the terms of the CA, which is
Let's Encrypt unless --acme-ca names another.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts.data = dataDir(cmd)
			if opts.database == "" {
				opts.database = os.Getenv("LOCKSTEP_DATABASE_URL")
			}
			var err error
			if opts.secrets, err = secretKeyPlace(opts.secrets, os.Getenv("LOCKSTEP_SECRET_KEY"), opts.data); err != nil {
				return err
			}
			opts.logs = cmd.ErrOrStderr()
			if err := opts.edge.complete(os.Getenv); err != nil {
				return err
			}
			return serve(cmd.Context(), opts)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.listen, "listen", "127.0.0.1:7420", "address of the API")
	opts.edge.flags(f)
	f.StringVar(&opts.database, "database-url", "", "postgres://… (LOCKSTEP_DATABASE_URL; default: SQLite)")
	f.StringVar(&opts.secrets, "secret-key", "", "file or hashivault://NAME (LOCKSTEP_SECRET_KEY; default: secret.key in the data directory)")
	f.StringSliceVar(&opts.names, "name", nil, "host name under which the API may be called, besides loopback ones")
	return cmd
}

func dataDir(cmd *cobra.Command) string {
	if dir, _ := cmd.Flags().GetString("data"); dir != "" {
		return dir
	}
	return cli.DefaultDataDir(os.Getenv)
}

// serve wires the rooms together and runs until ctx ends.
func serve(ctx context.Context, opts serverOptions) (err error) {
	began := time.Now()
	log := slog.New(slog.NewTextHandler(opts.logs, nil))
	dir, err := prepareDataDir(opts.data)
	if err != nil {
		return err
	}
	lock, err := store.LockDir(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	host, err := hostID(dir)
	if err != nil {
		return err
	}
	token, err := administratorToken(dir)
	if err != nil {
		return err
	}
	figures := metric.New(buildVersion())
	db, err := store.Open(ctx, store.Options{DataDir: dir, DatabaseURL: opts.database, Logger: log, Transacted: figures.Transacted})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	keys, err := openKeyring(ctx, opts.secrets, host, db, log)
	if err != nil {
		return err
	}
	blobs, err := blob.Open(filepath.Join(dir, "blobs"), blob.Options{Inspect: inspectArtifact})
	if err != nil {
		return err
	}
	machine, err := newMachine(dir, opts.edge, blobs, log)
	if err != nil {
		return err
	}

	renderer, err := newRenderer()
	if err != nil {
		return err
	}
	meter := newMeter(machine, db, host, log)
	var eng *engine.Engine
	var watch *monitor.Monitor
	ctl := control.New(control.Options{
		Store: control.Adapt(db), Host: host, Administrators: map[string]lockstep.TokenHash{administrator: lockstep.HashToken(token)}, Observer: machine, Meter: meter, Blobs: control.BlobsOf(blobs), Vault: keys, Keys: keys, Renderer: renderer, Logger: log,
		Wake:    func() { eng.Wake() },
		Watched: func(environmentID string) []lockstep.ServiceHealth { return watch.Latest(environmentID) },
	})
	credentials := filepath.Join(dir, "credentials")
	if err := os.MkdirAll(credentials, 0o700); err != nil {
		return err
	}
	watch = monitor.New(monitor.Options{
		Store: db, Holder: host, Host: host, Credentials: credentials,
		Apps: ctl.AppHealth, Checked: figures.Checked, Logger: log,
	})
	eng = engine.New(engine.Options{
		Store: db, Runtime: machine.hands, Gate: ctl.Gate, Secrets: ctl.OpenSecrets, Sync: ctl.CarryOutSync, Worker: host, Host: host,
		Logger: log, Failpoint: failpoint(os.Getenv("LOCKSTEP_FAILPOINT")),
		Ended: figures.Ended, StepEnded: figures.StepEnded,
	})
	var handler *api.Handler
	handler = api.New(api.Options{ //nolint:contextcheck // each request has a context of its own
		Control: ctl, Names: opts.names, Version: buildVersion(), Logger: log,
		Info: func(ctx context.Context) (api.Info, error) {
			return api.Info{Database: db.Database(), HostID: host, Agent: machine.info(ctx), Uptime: lockstep.Duration(time.Since(began))}, nil
		},
		Metrics: figures.Handler(metric.Sources{
			Census: ctl.Census, Agent: machine.metrics, Streams: func() int { return handler.Streams() }, Now: time.Now,
		}),
		Answered:  figures.Answered,
		Dashboard: web.Handler(),
	})

	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", opts.listen)
	if err != nil {
		return lockstep.Errorf(lockstep.CodeConflict, "the API cannot listen on %s: %w\nName another address with --listen", opts.listen, err)
	}
	// This directory is ours alone, so a lease in this worker's name was left
	// by a server that is dead: its operations go on at once.
	if err := db.Abandon(ctx, host); err != nil {
		return errors.Join(err, ln.Close())
	}
	s := &server{dir: dir, log: log, screen: opts.logs, control: ctl, listener: ln, http: api.NewServer(handler, log), engine: eng, monitor: watch, machine: machine, meter: meter, store: db, keys: keys}
	return s.live(ctx)
}

// server is what lives while `lockstep server` runs.
type server struct {
	dir      string
	log      *slog.Logger
	screen   io.Writer // where the log goes
	listener net.Listener
	http     *http.Server
	control  *control.Control
	engine   *engine.Engine
	monitor  *monitor.Monitor
	machine  *machine
	meter    *meter
	store    *store.Store
	keys     *secret.Keyring
}

// live serves until ctx ends, then lets requests and effects that are under
// way finish.
func (s *server) live(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var working sync.WaitGroup
	working.Go(func() {
		if err := s.http.Serve(s.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			stop(fmt.Errorf("serve the API: %w", err))
		}
	})
	working.Go(func() {
		if err := s.engine.Run(ctx); err != nil {
			stop(fmt.Errorf("engine: %w", err))
		}
	})
	working.Go(func() { s.machine.keepAlive(ctx) })
	working.Go(func() { s.monitor.Run(ctx) })
	working.Go(func() { s.meter.run(ctx) })
	working.Go(func() { s.prune(ctx) })
	working.Go(func() { s.keys.Run(ctx) })
	working.Go(func() { s.control.Automate(ctx) })
	working.Go(func() { s.control.FollowConfigs(ctx) })
	working.Go(func() { s.control.KeepUses(ctx) })
	address := "http://" + reachable(s.listener.Addr().String())
	if err := announce(s.dir, address); err != nil {
		// A full disk is no reason not to serve: --server names the address too.
		s.log.Error("the local command line cannot be told the address", "error", err)
	}
	s.log.Info("the server is up", "address", address, "data", s.dir, "version", buildVersion())
	s.invite(ctx, address)

	<-ctx.Done()
	s.log.Info("the server stops; apps and traffic go on")
	shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.http.Shutdown(shutdown)
	working.Wait()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	return err
}

// prune forgets old events and answers every so often.
func (s *server) prune(ctx context.Context) {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		if err := s.store.Prune(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("old events cannot be removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func inspectArtifact(ctx context.Context, r io.Reader) error {
	_, err := artifact.Inspect(ctx, r, artifact.Limits{})
	return err
}
