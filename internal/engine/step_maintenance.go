package engine

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// maintain makes the router answer for the environment, or no longer.
func maintain(ctx context.Context, e effect) (string, error) {
	inForce, err := e.router.Get(ctx, e.environment.ID)
	if err != nil {
		return "", err
	}
	m := e.step.Do.Maintenance
	routing, err := e.declare(ctx, change{hold: inForce.HoldFor.Std(), maintenance: &m})
	if err != nil {
		return "", err
	}
	if m == nil {
		return "requests go " + destination(routing), nil
	}
	return "requests are answered 503: " + told(*m), nil
}

func told(m lockstep.Maintenance) string {
	text := "a page says that it is maintenance"
	if m.Message != "" {
		text = m.Message
	}
	if m.Until != nil {
		text += " (until " + m.Until.UTC().Format("2006-01-02 15:04 MST") + ")"
	}
	return text
}
