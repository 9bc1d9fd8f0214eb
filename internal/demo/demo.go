package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/sandbox"
)

// Options of a demo. Binary is required.
type Options struct {
	Binary    string // the lockstep executable
	Apps      string // folder with good, never-healthy, broken-api, slow-api and frontend; default: sunday beside Binary
	Dir       string // "": a temporary directory, removed at the end
	Rate      int    // requests per second against each environment; 0: 200
	Out       io.Writer
	Color     bool
	Stay      bool // leave everything up, with what can be done with it, until ctx ends
	Dashboard bool // Binary has one
}

// ErrNotClean says that the day was played and a promise was broken; the
// report has said which.
var ErrNotClean = errors.New("the day did not go as promised")

// Run plays the day and prints its report. Everything it started has ended
// when it returns, however it returns.
func Run(ctx context.Context, opts Options) (err error) {
	if opts.Apps == "" {
		opts.Apps = filepath.Join(filepath.Dir(opts.Binary), "sunday")
	}
	if err := checkApps(opts.Apps); err != nil {
		return err
	}
	if opts.Dir == "" {
		dir, err := os.MkdirTemp("", "lockstep-demo-")
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		opts.Dir = dir
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	began := time.Now()
	day := &day{opts: opts, say: narrator{w: opts.Out, color: opts.Color, began: began}}
	day.say.title("A working day with Lockstep, in about two minutes")
	day.box, err = sandbox.Start(ctx, sandbox.Options{Binary: opts.Binary, Dir: opts.Dir})
	if err != nil {
		return err
	}
	defer func() {
		day.say.line("Stopping everything …")
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, day.box.Stop(stopCtx))
	}()
	day.say.line("A server is up on %s after %s.", day.box.Server(), round(time.Since(began)))
	if day.client, err = day.box.Client(); err != nil {
		return err
	}
	if err := day.play(ctx); err != nil {
		day.stopLoads()
		if ctx.Err() == nil {
			day.say.line("\nThe server's log ends with:\n%s", day.box.LogTail())
		}
		return err
	}
	clean := day.report()
	if opts.Stay && ctx.Err() == nil {
		if err := day.invite(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		<-ctx.Done()
	}
	if !clean {
		return ErrNotClean
	}
	return nil
}

func checkApps(dir string) error {
	for _, app := range []string{"good/backend", "never-healthy/backend", "broken-api/backend", "slow-api/backend", "frontend/frontend"} {
		if _, err := os.Stat(filepath.Join(dir, app)); err != nil {
			return lockstep.Errorf(lockstep.CodeInvalid, "the demo's app is not built (%s is missing): run `make demo` in the repository, or name its folder with --apps", filepath.Join(dir, app))
		}
	}
	return nil
}

// day is one playing of the demo.
type day struct {
	opts     Options
	say      narrator
	box      *sandbox.Sandbox
	client   *client.Client
	fields   []*field // environments under load, in the order in which they went live
	rows     []row
	kills    int
	killed   time.Duration // the longest time without a server
	noise    int64         // failures of the control phase
	switches int           // of the live address
}
