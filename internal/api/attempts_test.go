package api

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestWhoFailsToSignInHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	a := &attempts{now: func() time.Time { return now }, pause: time.Second, next: map[netip.Prefix]time.Time{}}
	for n := range 5 {
		if wait, ok := a.turn(network("192.0.2.1:1000")); !ok || wait != time.Duration(n+1)*time.Second {
			t.Fatalf("attempt %d: %s, %t", n, wait, ok)
		}
	}
	err := a.failed(t.Context(), "192.0.2.1:2000")
	var p *ProblemDetails
	if !errors.As(err, &p) || p.Status != 429 || p.GetHeaders().Get("Retry-After") != "6" {
		t.Errorf("the sixth: %+v", err)
	}
	if wait, ok := a.turn(network("192.0.2.2:1000")); !ok || wait != time.Second {
		t.Errorf("another address: %s, %t", wait, ok)
	}
	now = now.Add(10 * time.Second)
	if wait, ok := a.turn(network("192.0.2.1:3000")); !ok || wait != time.Second {
		t.Errorf("later: %s, %t", wait, ok)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.failed(ctx, "192.0.2.3:1"); !errors.Is(err, context.Canceled) {
		t.Errorf("of who hung up: %v", err)
	}
}

func TestFailedAttemptsAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	a := &attempts{now: func() time.Time { return now }, pause: time.Second, next: map[netip.Prefix]time.Time{}}
	for n := range 5 * attemptsFrom {
		a.turn(network(fmt.Sprintf("[2001:db8:%x::1]:1", n)))
	}
	if len(a.next) > attemptsFrom+1 {
		t.Errorf("%d addresses are remembered", len(a.next))
	}
	if _, ok := a.turn(network("192.0.2.1:1")); ok {
		t.Error("those for whom there is no room do not share a turn")
	}
	now = now.Add(time.Minute)
	if wait, ok := a.turn(network("192.0.2.1:1")); !ok || wait != time.Second || len(a.next) != 1 {
		t.Errorf("after a minute: %s, %t, %d", wait, ok, len(a.next))
	}
}

func TestAnAddressIsOneOfANetwork(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1/32", "[::ffff:192.0.2.1]:80": "192.0.2.1/32",
		"[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64", "[fe80::1%eth0]:80": "fe80::/64",
		"@": "invalid Prefix", "": "invalid Prefix",
	} {
		if got := network(remote).String(); got != want {
			t.Errorf("%q is of %s, want %s", remote, got, want)
		}
	}
}
