package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/unit"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/cli"
)

// unitPatience is how long an init system may take to bring the agent up.
const unitPatience = 30 * time.Second

// installation is the agent of a data directory as a unit.
type installation struct {
	unit unit.Unit
	path string // of the unit's file
	by   keeper
	yes  bool
	in   io.Reader
	out  io.Writer
	err  io.Writer
}

func newInstallation(cmd *cobra.Command, edge edgeOptions, own bool) (*installation, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	data, err := filepath.Abs(dataDir(cmd))
	if err != nil {
		return nil, err
	}
	home := ""
	if own {
		if home, err = os.UserHomeDir(); err != nil {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "where units of a user go is not known: %w", err)
		}
	}
	by, err := keeperOf(runtime.GOOS, own)
	if err != nil {
		return nil, err
	}
	u := unit.Unit{Program: program, Data: data, Edge: edge.args(), Own: own, Systemd: by.version(cmd.Context())}
	if !own {
		if u.User, err = ownerOf(data); err != nil {
			return nil, err
		}
	}
	return &installation{
		unit: u, path: u.Path(runtime.GOOS, home), by: by,
		in: cmd.InOrStdin(), out: cmd.OutOrStdout(), err: cmd.ErrOrStderr(),
	}, nil
}

// ownerOf is whom a data directory belongs to; "" is root, or nobody yet.
func ownerOf(dir string) (string, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return "", nil
	}
	u, err := user.LookupId(strconv.FormatUint(uint64(st.Uid), 10))
	if err != nil {
		return "", lockstep.Errorf(lockstep.CodeInvalid, "the data directory %s belongs to a user that this machine does not know: %w", dir, err)
	}
	return u.Username, nil
}

func (i *installation) install(ctx context.Context) error {
	if err := i.by.present(ctx); err != nil {
		return err
	}
	text := []byte(i.unit.Text(runtime.GOOS))
	before, err := os.ReadFile(i.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the unit %s: %w", i.path, err)
	}
	runs := i.by.active(ctx)
	same := string(before) == string(text)
	if same && runs {
		fmt.Fprintf(i.out, "%s is installed and runs: nothing to change.\n", i.path)
		return agent.SetKeptBy(agentDir(i.unit.Data), i.path)
	}
	if before != nil && !same {
		_, _ = i.out.Write(diff.Diff(i.path, before, "new", text)) // what follows says whether it could be written
	}
	i.warn()
	if err := i.ask("Install the agent as " + i.path + "?"); err != nil {
		return err
	}
	if err := i.write(text); err != nil {
		return err
	}
	if err := i.claim(); err != nil {
		return err
	}
	if !runs {
		if err := endAgent(ctx, agentDir(i.unit.Data)); err != nil {
			return err
		}
	}
	if err := i.by.start(ctx, i.path); err != nil {
		return err
	}
	return i.report(ctx)
}

func (i *installation) warn() {
	if w := i.unit.Caveat(); w != "" {
		fmt.Fprintln(i.err, "warning:", w)
	}
	if !i.unit.Delegates() {
		fmt.Fprintf(i.err, "warning: limits of apps need systemd 254 or later where this machine has cgroups v2; this is %d\n", i.unit.Systemd)
	}
}

func (i *installation) ask(question string) error {
	if i.yes {
		return nil
	}
	return cli.Confirm(cli.Options{In: i.in, Err: i.err, Getenv: os.Getenv}, question)
}

// write replaces the unit's file as a whole.
func (i *installation) write(text []byte) error {
	fail := func(err error) error { return fmt.Errorf("the unit %s: %w", i.path, err) }
	if err := os.MkdirAll(filepath.Dir(i.path), 0o755); err != nil {
		return fail(err)
	}
	f, err := os.CreateTemp(filepath.Dir(i.path), ".lockstep-*")
	if err != nil {
		return fail(err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has another name by then
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return fail(err)
	}
	if err := os.Rename(f.Name(), i.path); err != nil {
		return fail(err)
	}
	return nil
}

// claim tells servers on the data directory that they need not start an agent.
// What root makes there is its owner's.
func (i *installation) claim() error {
	if _, err := prepareDataDir(i.unit.Data); err != nil {
		return err
	}
	dir := agentDir(i.unit.Data)
	if err := agent.SetKeptBy(dir, i.path); err != nil {
		return err
	}
	if i.unit.User == "" {
		return nil
	}
	info, err := os.Stat(i.unit.Data)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if owned, err := os.Lstat(path); err == nil {
			if was, ok := owned.Sys().(*syscall.Stat_t); ok && was.Uid != 0 {
				return nil
			}
		}
		return os.Lchown(path, int(st.Uid), int(st.Gid))
	})
}

// endAgent ends the agent of a directory, if one runs; apps go on.
func endAgent(ctx context.Context, dir string) error {
	c := wire.NewClient(dir)
	defer c.Close()
	if _, err := c.Info(ctx); err != nil {
		return nil //nolint:nilerr // none runs
	}
	if err := c.Shutdown(ctx, wire.ShutdownRequest{}); err != nil {
		return err
	}
	return agent.AwaitEnd(ctx, dir)
}

// report waits for the unit's agent and says how to look at it.
func (i *installation) report(ctx context.Context) error {
	c := wire.NewClient(agentDir(i.unit.Data))
	defer c.Close()
	if !answers(ctx, c, unitPatience) {
		return lockstep.Errorf(lockstep.CodeUnavailable, "the unit %s is installed, and its agent does not answer after %s; see:\n%s", i.path, unitPatience, i.by.hints())
	}
	fmt.Fprintf(i.out, "The agent of %s runs as %s and is started again whenever it ends.\n%s", i.unit.Data, i.path, i.by.hints())
	return nil
}

func (i *installation) uninstall(ctx context.Context) error {
	_, err := os.Stat(i.path)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(i.out, "%s is not installed: nothing to change.\n", i.path)
		return agent.SetKeptBy(agentDir(i.unit.Data), "")
	}
	if err != nil {
		return fmt.Errorf("the unit %s: %w", i.path, err)
	}
	if err := i.by.present(ctx); err != nil {
		return err
	}
	if err := i.ask("Stop the agent and remove " + i.path + "? Apps go on."); err != nil {
		return err
	}
	if err := i.by.stop(ctx, i.path); err != nil {
		return err
	}
	if err := os.Remove(i.path); err != nil {
		return fmt.Errorf("the unit %s: %w", i.path, err)
	}
	if err := i.by.forget(ctx); err != nil {
		return err
	}
	if err := agent.SetKeptBy(agentDir(i.unit.Data), ""); err != nil {
		return err
	}
	fmt.Fprintf(i.out, "Removed %s. Apps go on; requests reach them again when an agent runs: a server starts one.\n", i.path)
	return nil
}
