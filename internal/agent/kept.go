package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// fileKept names the file of the init system that keeps this directory's agent.
const fileKept = "unit"

// SetKeptBy declares that an init system keeps the directory's agent running:
// path is the file that tells it to. From then on, and as long as that file is
// there, Ensure waits for its agent instead of starting another. "" takes it back.
func SetKeptBy(dir, path string) error {
	name := filepath.Join(dir, fileKept)
	if path == "" {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("agent directory: %w", err)
		}
		return nil
	}
	if err := keepPrivate(dir); err != nil {
		return err
	}
	if err := writeDurably(name, []byte(path+"\n")); err != nil {
		return fmt.Errorf("agent directory: %w", err)
	}
	return nil
}

// KeptBy is the file that SetKeptBy named, while it is there.
func KeptBy(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, fileKept))
	path := strings.TrimSpace(string(text))
	if err != nil || path == "" {
		return ""
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "" // somebody took it away by hand
	}
	return path
}

// errNotKept says that the init system has stopped keeping the agent meanwhile.
var errNotKept = errors.New("no init system keeps the agent")

// awaitKept waits for an agent that somebody else starts, as long as they
// mean to. Its version is its own affair while it speaks this protocol.
func awaitKept(ctx context.Context, client *wire.Client, dir, by string) (wire.Info, error) {
	waiting, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		info, err := client.Info(waiting)
		if err == nil && info.Protocol == wire.Protocol {
			return info, nil
		}
		if err == nil {
			return info, lockstep.Errorf(lockstep.CodeUnavailable, "the agent that %s keeps has version %s, which this server does not understand: restart it", by, info.Version)
		}
		if KeptBy(dir) == "" {
			return info, errNotKept
		}
		select {
		case <-tick.C:
		case <-waiting.Done():
			if ctx.Err() != nil {
				return info, ctx.Err()
			}
			return info, lockstep.Errorf(lockstep.CodeUnavailable, "the agent that %s keeps does not answer: start it, or let the server start one of its own after lockstep agent uninstall", by)
		}
	}
}
