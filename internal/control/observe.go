package control

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Observer sees what runs. It may be slow or fail where the host is away.
type Observer interface {
	Observe(ctx context.Context, env lockstep.Environment) (Observation, error)
}

// Observation is an environment as its host sees it.
type Observation struct {
	Instances    []lockstep.Instance
	Routing      lockstep.Routing
	Addresses    []string // from outside, the best first
	Certificates []lockstep.Certificate
	Edge         lockstep.EdgeStats
}

// observeTimeout bounds how long a status waits for a host.
const observeTimeout = 2 * time.Second

// observe returns why nothing could be seen, for people, and "" where it could.
func (c *Control) observe(ctx context.Context, env lockstep.Environment) (Observation, string) {
	if env.HostID != "" && c.host != "" && env.HostID != c.host {
		return Observation{}, "it runs on another host (" + env.HostID + "): ask the server there"
	}
	ctx, cancel := context.WithTimeout(ctx, observeTimeout)
	defer cancel()
	type seen struct {
		observation Observation
		err         error
	}
	// An observer that overlooks its context must not hold the answer up.
	result := make(chan seen, 1)
	go func() {
		o, err := c.observer.Observe(ctx, env)
		result <- seen{o, err}
	}()
	select {
	case s := <-result:
		if s.err != nil {
			return Observation{}, unreachable(s.err)
		}
		return s.observation, ""
	case <-ctx.Done():
		return Observation{}, "its agent did not answer within " + observeTimeout.String()
	}
}

// unreachable shows a coded error's message; anything else stays with us.
func unreachable(err error) string {
	if lockstep.CodeOf(err) == lockstep.CodeInternal {
		return "its agent cannot be reached"
	}
	return err.Error()
}

type noObserver struct{}

func (noObserver) Observe(context.Context, lockstep.Environment) (Observation, error) {
	return Observation{}, lockstep.Errorf(lockstep.CodeUnavailable, "this server has no agent")
}
