package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/cli"
)

// invite says how to come to the dashboard. Whoever watches the server start
// is given an address that signs in; a log is read by others too, and gets
// none.
func (s *server) invite(ctx context.Context, address string) {
	if !cli.Terminal(s.screen) {
		s.log.Info("the command `lockstep dashboard` prints an address to sign in with")
		return
	}
	code, err := s.control.AdministratorsCode(ctx, administrator)
	if err != nil {
		s.log.Error("no address to sign in with could be made: try the command `lockstep dashboard`", "error", err)
		return
	}
	fmt.Fprintf(s.screen, "\n  Dashboard: %s\n  The address works once, for 10 minutes; `lockstep dashboard` prints another.\n\n", client.SignInAddress(address, code.Code))
}

// reachable is an address that listens as one that can be called: every
// address of a machine is none.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}
