package agent

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

// Announce tells systemd, where it asks for that, that this process is the
// main one of its unit from now on.
func Announce() error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	if name, ok := strings.CutPrefix(path, "@"); ok {
		path = "\x00" + name // one without a file
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	defer conn.Close() //nolint:errcheck // it was written, or not
	if _, err := fmt.Fprintf(conn, "READY=1\nMAINPID=%d", os.Getpid()); err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	return nil
}

// Renew starts command whenever this process is told to reload, until ctx
// ends: an agent of another version then takes over from this one, inside the
// same unit, and one of this version ends again. Only under systemd, which is
// told who goes on; elsewhere the signal has its usual effect.
func Renew(ctx context.Context, command []string, log *slog.Logger) {
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
		}
		cmd := exec.Command(command[0], command[1:]...) //nolint:noctx // it outlives us
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Start(); err != nil {
			log.Error("the next agent cannot be started", "error", err)
			continue
		}
		go func() {
			if err := cmd.Wait(); err != nil { // the usual end is that it outlives us
				log.Warn("the next agent ended: this one goes on", "how", describeExit(err))
			}
		}()
	}
}
