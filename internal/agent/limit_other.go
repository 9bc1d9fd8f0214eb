//go:build !linux

package agent

import (
	"log/slog"
	"os/exec"
)

// cells: this system has no cgroups.
type cells struct{ lacking lacks }

type cell struct{}

func openCells(_, _ string, _ *slog.Logger) *cells {
	why := lack{why: "this system has no cgroups"}
	return &cells{lacking: lacks{controlMemory: why, controlCPU: why}}
}

func (c *cells) describe() string { return c.lacking.describe("") }

func (c *cells) make(_, _, _ string, l limit) (*cell, string) {
	return nil, c.lacking.of(l).caveat(l)
}

func (c *cells) adopt(_ int, l limit) (*cell, string) { return c.make("", "", "", l) }

func (c *cells) leftovers([]*cell) []*cell { return nil }

func (c *cells) leftoversOf(string) []*cell { return nil }

func (c *cells) of(string) []string { return nil }

func (c *cells) confines(limit) bool { return false }

func (c *cell) start(cmd *exec.Cmd) (started *exec.Cmd, why, err error) { return cmd, nil, cmd.Start() }

func (c *cell) members() map[int]bool { return nil }

func (c *cell) kill() {}

func (c *cell) verdict() string { return "" }

func (c *cell) remove() error { return nil }
