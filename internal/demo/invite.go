package demo

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// invite says what can be done with everything that stays up: by a browser,
// and by the command line. There is a release for it that runs nowhere yet.
func (d *day) invite(ctx context.Context) error {
	if err := d.release(ctx, yours, "good"); err != nil {
		return err
	}
	d.say.act("Now it is yours")
	program := called(d.opts.Binary)
	if d.opts.Dashboard {
		code, err := d.client.SignInCode(ctx)
		if err != nil {
			return err
		}
		d.say.line("  Dashboard: %s", d.client.SignInAddress(code))
		d.say.line("  The address signs a browser in once, within 10 minutes. This prints another:")
		d.say.line("    %s dashboard --data %s", program, d.box.Dir())
		d.say.line("")
		d.say.line("  Release %s is made and runs nowhere yet. In at most three clicks each from the", yours)
		d.say.line("  overview: deploy it to staging; ask for it in production, where somebody has to")
		d.say.line("  approve it; approve it; roll production back.")
	} else {
		d.say.line("  This binary has no dashboard: where npm is, `make demo` builds it in.")
		d.say.line("  Release %s is made and runs nowhere yet.", yours)
	}
	d.say.line("")
	d.say.line("  In another terminal:")
	d.say.line("    export LOCKSTEP_DATA=%s", d.box.Dir())
	for _, command := range []string{"list", "status production", "deployments production", "deploy development " + yours} {
		d.say.line("    %s %s", program, command)
	}
	d.say.line("")
	d.say.line("  The app:")
	for _, f := range d.fields {
		if err := d.open(ctx, f.env); err != nil {
			return err
		}
	}
	d.say.line("")
	d.say.line("  Everything stays up until you press Ctrl-C.")
	return nil
}

// open names where an environment can be opened.
func (d *day) open(ctx context.Context, env string) error {
	if env == live {
		d.say.line("    %-12s http://sunday.localhost:%s", live, port(d.box.Edge()))
		return nil
	}
	s, err := d.client.Status(ctx, env)
	if err != nil {
		return err
	}
	d.say.line("    %-12s %s", env, strings.Join(s.Addresses, "   "))
	return nil
}

func port(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

// called is what a person here types to run the binary.
func called(binary string) string {
	if found, err := exec.LookPath(filepath.Base(binary)); err == nil && same(found, binary) {
		return filepath.Base(binary)
	}
	here, err := os.Getwd()
	if err != nil {
		return binary
	}
	below, err := filepath.Rel(here, binary)
	if err != nil || !filepath.IsLocal(below) {
		return binary
	}
	if filepath.Base(below) == below {
		return "./" + below
	}
	return below
}

func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
