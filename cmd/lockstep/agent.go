package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/unit"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/cli"
	"github.com/lockstep-dev/lockstep/internal/demo"
	"github.com/lockstep-dev/lockstep/web"
)

// servants are the commands that are processes of their own rather than calls.
func servants() []*cobra.Command {
	return []*cobra.Command{serverCommand(), agentCommand(), demoCommand(), renderCommand()}
}

// agentDir is where the agent of a data directory keeps its own things.
func agentDir(data string) string { return filepath.Join(data, "agent") }

func agentCommand() *cobra.Command {
	var edge edgeOptions
	cmd := &cobra.Command{
		Use:   "agent",
		Short: "Supervise this machine's app processes and route their traffic",
		Long: `The server starts an agent where it needs one, and it goes on when the server
ends. To make it a unit of systemd or launchd, see lockstep agent install. An
agent of another version in the same directory hands its listeners over and
ends.

With --edge-tls the domains of the environments are served over HTTPS, with
certificates by ACME. Giving it means agreeing to the terms of the CA, which is
Let's Encrypt unless --acme-ca names another.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := prepareDataDir(dataDir(cmd))
			if err != nil {
				return err
			}
			growHeap()
			if err := edge.complete(os.Getenv); err != nil {
				return err
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			program, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			go agent.Renew(cmd.Context(), append([]string{program}, os.Args[1:]...), log)
			return agent.Run(cmd.Context(), agent.Options{
				Dir: agentDir(dir), EdgeAddr: edge.addr, EdgeTLS: edge.tls, Hooks: edge.hooks, Version: buildVersion(), Logger: log,
				Serving: func() {
					if err := agent.Announce(); err != nil {
						log.Error("systemd does not know this agent", "error", err)
					}
				},
			})
		},
	}
	edge.flags(cmd.Flags())
	cmd.AddCommand(agentStopCommand(), agentInstallCommand(), agentUninstallCommand(), agentJobCommand())
	return cmd
}

// growHeap lets the agent's heap grow to five times what lives before it is
// collected, unless GOGC says otherwise. Little lives in an agent, but each
// request through its edge leaves garbage: at Go's own setting its collector
// takes a noticeable share of what the machine could serve, for memory that
// nobody needs (go run ./bench/edge -gogc 100 compares the two).
func growHeap() {
	if _, told := os.LookupEnv("GOGC"); !told {
		debug.SetGCPercent(400)
	}
}

func agentStopCommand() *cobra.Command {
	var apps bool
	cmd := &cobra.Command{
		Use:   "stop",
		Short: "End the agent; apps go on unless --apps stops them too",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := filepath.Abs(dataDir(cmd))
			if err != nil {
				return err
			}
			return stopAgent(cmd.Context(), dir, apps)
		},
	}
	cmd.Flags().BoolVar(&apps, "apps", false, "drain and stop every app process too")
	return cmd
}

// stopAgent ends the agent of a data directory. To stop apps it takes an
// agent, so one is started where none runs but apps may.
func stopAgent(ctx context.Context, data string, apps bool) error {
	dir := agentDir(data)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if by := agent.KeptBy(dir); by != "" && keepsNow(ctx, by) {
		return lockstep.Errorf(lockstep.CodeConflict, "the agent is kept running by %s: stop that first, with systemctl stop or launchctl bootout, or lockstep agent uninstall", by)
	}
	c := wire.NewClient(dir)
	defer c.Close()
	if _, err := c.Info(ctx); err != nil {
		if !apps {
			return nil
		}
		opts, err := agentStart(data, edgeOptions{addr: "127.0.0.1:0"})
		if err != nil {
			return err
		}
		opts.Besides = true
		started, err := agent.Ensure(ctx, opts)
		if err != nil {
			return err
		}
		defer started.Close()
	}
	// A server may just have been starting an agent too, which waited for the
	// directory and has it now: that one is meant as well.
	for {
		if err := c.Shutdown(ctx, wire.ShutdownRequest{StopInstances: apps}); err != nil {
			return err
		}
		if err := agent.AwaitEnd(ctx, dir); err != nil {
			return err
		}
		if !answers(ctx, c, time.Second) {
			return nil
		}
	}
}

// keepsNow says whether the init system whose file that is keeps an agent now.
func keepsNow(ctx context.Context, path string) bool {
	machines := unit.Unit{}.Path(runtime.GOOS, "")
	by, err := keeperOf(runtime.GOOS, path != machines)
	return err == nil && by.present(ctx) == nil && by.active(ctx)
}

// answers says whether an agent answers within d.
func answers(ctx context.Context, c *wire.Client, d time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	tick := time.NewTicker(d / 10)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
			if _, err := c.Info(ctx); err == nil {
				return true
			}
		}
	}
}

// agentStart says how the agent of a data directory is started: this program again.
func agentStart(data string, edge edgeOptions) (agent.EnsureOptions, error) {
	exe, err := os.Executable()
	if err != nil {
		return agent.EnsureOptions{}, fmt.Errorf("find this program: %w", err)
	}
	return agent.EnsureOptions{
		Dir: agentDir(data), Version: buildVersion(),
		Command: append([]string{exe, "agent", "--data", data}, edge.args()...),
	}, nil
}

// agentJobCommand is what the agent runs a job under; see agent.RunJobProcess.
func agentJobCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "job DIR",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(cmd *cobra.Command, args []string) error { return agent.RunJobProcess(args[0], cmd.InOrStdin()) },
	}
}

func demoCommand() *cobra.Command {
	var opts demo.Options
	var exit bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch a working day in two minutes: releases good and bad, under load, with a killed server",
		Long: `Plays a day with the Sunday example in a directory and on ports of its own,
prints what happened, and stays up until Ctrl-C: with an address that signs a
browser in to the dashboard, a release that nobody has deployed yet, and the
commands to look around with. Ctrl-C ends everything and removes it.
With --exit it ends when the day is over. It ends with 0 only if no request
failed, the bad releases were rolled back, the live address moved and came back,
the server was killed, and the control phase did count failures.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			binary, err := os.Executable()
			if err != nil {
				return err
			}
			opts.Binary, opts.Stay, opts.Out, opts.Dashboard = binary, !exit, cmd.OutOrStdout(), web.Built()
			opts.Color = cli.Colorful(cmd.OutOrStdout(), os.Getenv)
			return demo.Run(cmd.Context(), opts)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&exit, "exit", false, "end when the day is over")
	f.StringVar(&opts.Apps, "apps", "", "folder with the built Sunday apps (default: sunday beside this program)")
	f.IntVar(&opts.Rate, "rate", 0, "requests per second against each environment (default 200)")
	return cmd
}
