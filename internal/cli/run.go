package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

// local is a command that runs here as an instance would there.
type local struct {
	delivered
	clean bool
	port  int
}

func (a *app) runCommand() *cobra.Command {
	l := local{}
	cmd := &cobra.Command{
		Use:   "run ENV -- CMD [ARG...]",
		Short: "Run a command here with the variables of an environment",
		Long: `Runs a command on this machine with the variables that an instance gets, and
with PORT, for which a free port is taken (--port names another). Of you it has
PATH, HOME, TERM, LANG, TZ and TMPDIR, unless --clean leaves those out, and
nothing else. <SERVICE>_URL of the services that it calls leads through the
environment's edge, where that has a route to them. Variables of type file are files that only you can read, and that
are gone when the command ends.

Secrets are among them, and it is noted who asked; --reveal=false leaves them
out and names them. No value stands in a command line. Signals go to the
command, and its exit code is that of lockstep.`,
		Example: "  lockstep run development --service backend -- go run ./cmd/backend\n  lockstep run staging --reveal=false -- env",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			dash := cmd.ArgsLenAtDash()
			if dash < 0 {
				return lockstep.Errorf(lockstep.CodeInvalid, "write -- between what is for lockstep and what is to be run: `%s`", usage(cmd))
			}
			env, rest, err := environmentArg(cmd, args[:dash])
			if err == nil {
				err = atMost(0)(cmd, rest)
			}
			if rest = args[dash:]; err == nil && len(rest) == 0 {
				err = lockstep.Errorf(lockstep.CodeInvalid, "say what to run: `%s`", usage(cmd))
			}
			if err != nil {
				return err
			}
			program, err := exec.LookPath(rest[0])
			if err != nil {
				return lockstep.Errorf(lockstep.CodeInvalid, "the command %s cannot be run: %w", rest[0], errors.Unwrap(err))
			}
			return a.runHere(cmd.Context(), env, l, program, rest)
		},
	}
	l.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&l.Reveal, "reveal", true, "with the values of secrets; who asked is noted")
	f.BoolVar(&l.clean, "clean", false, "without PATH, HOME, TERM, LANG, TZ and TMPDIR of yours")
	f.IntVar(&l.port, "port", 0, "PORT, and what {{port}} becomes (default: a free one)")
	return cmd
}

func (a *app) runHere(ctx context.Context, env string, l local, program string, args []string) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	doc, _, err := c.ResolvedConfig(ctx, env, l.ResolvedQuery)
	if err != nil {
		return err
	}
	s, err := l.one(doc)
	if err != nil {
		return err
	}
	if !l.Reveal {
		a.withoutSecrets(s, "Leave --reveal=false out to have them.")
	}
	a.serviceURLs(ctx, c, env, l.service(doc), s)
	if l.port == 0 {
		if l.port, err = freePort(ctx); err != nil {
			return err
		}
	}
	dir, err := asFiles(s)
	if dir == "" && err == nil {
		return becomes(program, args, a.environ(doc, s, l)) // it is the command from here on
	}
	if dir != "" {
		defer os.RemoveAll(dir) //nolint:errcheck // nothing is left to be done
	}
	if err != nil {
		return err
	}
	return a.child(program, args, a.environ(doc, s, l))
}

// service is the one that is meant; "": several are.
func (l local) service(doc lockstep.ResolvedConfig) string {
	service := l.Service
	if len(doc.Services) == 1 {
		for service = range doc.Services { //nolint:revive // the only one's name
		}
	}
	return service
}

// environ is what the command finds in its environment. Later ones win.
func (a *app) environ(doc lockstep.ResolvedConfig, s lockstep.ResolvedService, l local) []string {
	all := map[string]string{}
	if !l.clean {
		for _, name := range []string{"PATH", "HOME", "TERM", "LANG", "TZ", "TMPDIR"} {
			if value := a.Getenv(name); value != "" {
				all[name] = value
			}
		}
	}
	port := strconv.Itoa(l.port)
	all["PORT"], all["LOCKSTEP_PROJECT"], all["LOCKSTEP_ENVIRONMENT"] = port, doc.Project, doc.Environment
	if service := l.service(doc); service != "" {
		all["LOCKSTEP_SERVICE"] = service
	}
	for key, value := range s.Env {
		if !slices.Contains(s.Secrets, key) { // in a secret it is text, or was filled where it is none
			value = strings.ReplaceAll(value, "{{port}}", port)
		}
		all[key] = value
	}
	out := make([]string, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		out = append(out, key+"="+all[key])
	}
	return out
}

// asFiles puts the values of file variables into files, and their paths into
// their place. dir has to be removed, also after an error; "": there are none.
func asFiles(s lockstep.ResolvedService) (dir string, err error) {
	for _, key := range s.Files {
		value, there := s.Env[key]
		if !there {
			continue
		}
		if dir == "" {
			if dir, err = os.MkdirTemp("", "lockstep-run-*"); err != nil { // mode 0700
				return "", fmt.Errorf("the files of variables: %w", err)
			}
		}
		path := filepath.Join(dir, key)
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			return dir, fmt.Errorf("the file of variable %s: %w", key, err)
		}
		s.Env[key] = path
	}
	return dir, nil
}

// freePort is a port that nobody listens on at the moment.
func freePort(ctx context.Context) (int, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("a free port: %w", err)
	}
	defer ln.Close()
	addr, ok := ln.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("a free port: %s is none", ln.Addr())
	}
	return addr.Port, nil
}
