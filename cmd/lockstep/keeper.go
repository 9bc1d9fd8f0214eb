package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/unit"
)

// keeper is an init system, for the machine or for one user.
type keeper interface {
	present(ctx context.Context) error            // why it cannot be told anything; nil: it can
	active(ctx context.Context) bool              // it keeps an agent now
	start(ctx context.Context, path string) error // reads the unit anew, and starts it now and at each boot
	stop(ctx context.Context, path string) error  // takes that back
	forget(ctx context.Context) error             // once the unit's file is gone
	version(ctx context.Context) int              // 0: not known
	hints() string                                // how a person looks at the agent, as lines
}

func keeperOf(system string, own bool) (keeper, error) {
	switch system {
	case "linux":
		return systemd{own: own}, nil
	case "darwin":
		return launchd{own: own}, nil
	}
	return nil, lockstep.Errorf(lockstep.CodeUnsupported, "units are made for systemd and launchd: let your init system run lockstep agent")
}

const insteadPrint = "let your init system run lockstep agent (--print shows a unit to go by), or let the server start it as before"

// tell runs a program of the init system.
func tell(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return lockstep.Errorf(lockstep.CodeFailed, "%s %s: %w\n%s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

type systemd struct{ own bool }

func (s systemd) args(args ...string) []string {
	if s.own {
		return append([]string{"--user"}, args...)
	}
	return args
}

func (s systemd) present(ctx context.Context) error {
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return lockstep.Errorf(lockstep.CodeUnsupported, "systemd does not run on this machine: %s", insteadPrint)
	}
	if !s.own {
		return nil
	}
	if err := tell(ctx, "systemctl", s.args("show-environment")...); err != nil {
		return lockstep.Errorf(lockstep.CodeUnsupported, "your systemd does not answer (log in as yourself rather than by su or sudo): %s\n%w", insteadPrint, err)
	}
	return nil
}

func (s systemd) active(ctx context.Context) bool {
	return tell(ctx, "systemctl", s.args("is-active", "--quiet", unit.Name)...) == nil
}

func (s systemd) start(ctx context.Context, _ string) error {
	if err := s.forget(ctx); err != nil {
		return err
	}
	if err := tell(ctx, "systemctl", s.args("enable", unit.Name)...); err != nil {
		return err
	}
	return tell(ctx, "systemctl", s.args("restart", unit.Name)...)
}

func (s systemd) stop(ctx context.Context, _ string) error {
	return tell(ctx, "systemctl", s.args("disable", "--now", unit.Name)...)
}

func (s systemd) forget(ctx context.Context) error {
	return tell(ctx, "systemctl", s.args("daemon-reload")...)
}

func (s systemd) version(ctx context.Context) (n int) {
	out, err := exec.CommandContext(ctx, "systemctl", "--version").Output()
	if err != nil {
		return 0
	}
	_, _ = fmt.Sscanf(string(out), "systemd %d", &n) // none is not known
	return n
}

func (s systemd) hints() string {
	if s.own {
		return "  systemctl --user status " + unit.Name + "\n  journalctl --user -u " + unit.Name +
			"\nIt ends when you log out, unless: loginctl enable-linger\n"
	}
	return "  systemctl status " + unit.Name + "\n  journalctl -u " + unit.Name + "\n"
}

type launchd struct{ own bool }

func (l launchd) domain() string {
	if l.own {
		return fmt.Sprintf("gui/%d", os.Getuid())
	}
	return "system"
}

func (l launchd) service() string { return l.domain() + "/" + unit.Label }

func (l launchd) present(context.Context) error {
	if _, err := exec.LookPath("launchctl"); err != nil {
		return lockstep.Errorf(lockstep.CodeUnsupported, "launchd does not run on this machine: %s", insteadPrint)
	}
	return nil
}

func (l launchd) active(ctx context.Context) bool {
	return tell(ctx, "launchctl", "print", l.service()) == nil
}

func (l launchd) start(ctx context.Context, path string) error {
	_ = tell(ctx, "launchctl", "bootout", l.service()) // one that is not loaded is as good
	return tell(ctx, "launchctl", "bootstrap", l.domain(), path)
}

func (l launchd) stop(ctx context.Context, _ string) error {
	var exit *exec.ExitError
	if err := tell(ctx, "launchctl", "bootout", l.service()); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}

func (l launchd) forget(context.Context) error { return nil }

func (l launchd) version(context.Context) int { return 0 }

func (l launchd) hints() string { return "  launchctl print " + l.service() + "\n" }
