package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// attempts lets failing at signing in cost time. What is guessed has 128 bits
// or more, so that this is not what protects it; it keeps guesses from being
// a load. Who fails waits for a turn, one each pause for all who fail from the
// same address; who does not fail waits for nobody, so that nobody can be
// locked out.
type attempts struct {
	now   func() time.Time
	pause time.Duration

	mu   sync.Mutex
	next map[netip.Prefix]time.Time // the last turn that was given away
}

const (
	attemptsWait = 5 * time.Second // at most, for one that failed
	attemptsFrom = 1024            // addresses are told apart; further ones share a turn
)

// failed waits for a turn; an error says that too many wait.
func (a *attempts) failed(ctx context.Context, remote string) error {
	wait, ok := a.turn(network(remote))
	if !ok {
		return tooMany(wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turn is how long it is until the next one; where that is too long none is
// given.
func (a *attempts) turn(from netip.Prefix) (time.Duration, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if _, known := a.next[from]; !known && len(a.next) >= attemptsFrom {
		for other, turn := range a.next {
			if turn.Before(now) {
				delete(a.next, other)
			}
		}
		if len(a.next) >= attemptsFrom {
			from = netip.Prefix{}
		}
	}
	turn := a.next[from]
	if turn.Before(now) {
		turn = now
	}
	turn = turn.Add(a.pause)
	if turn.Sub(now) > attemptsWait {
		return turn.Sub(now), false
	}
	a.next[from] = turn
	return turn.Sub(now), true
}

// network is whom an address belongs to: of IPv6 everybody has as many as
// they like.
func network(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := 64
	if ip.Is4() {
		bits = 32
	}
	out, _ := ip.Prefix(bits) // it has as many
	return out
}

func tooMany(wait time.Duration) *ProblemDetails {
	seconds := int(max(time.Second, wait.Round(time.Second)) / time.Second)
	p := problem(lockstep.Errorf(lockstep.CodeUnavailable, "too many attempts to sign in from your address fail at the moment: try again in %d seconds, or with what is right at once", seconds))
	p.Status, p.Title = http.StatusTooManyRequests, http.StatusText(http.StatusTooManyRequests)
	p.headers = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return p
}
