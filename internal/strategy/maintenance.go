package strategy

import "github.com/lockstep-dev/lockstep"

// Maintain lets the router answer requests with m, or lead them again where m
// is nil. What runs, and where requests would go, stays.
func Maintain(m *lockstep.Maintenance) lockstep.Plan {
	b := builder{phase: lockstep.PhaseForward}
	b.maintain(m, false)
	return b.plan()
}

// Unmaintain takes a Maintain back that was begun: users are told what the
// environment says. forward are its steps as they ended.
func Unmaintain(s Snapshot, forward []lockstep.Step) lockstep.Plan {
	b := builder{phase: lockstep.PhaseUndo}
	if trace(forward).any {
		b.maintain(s.Environment.Maintenance, true)
	}
	return b.plan()
}

func (b *builder) maintain(m *lockstep.Maintenance, always bool) {
	name := "resume-traffic"
	if m != nil {
		name = "show-maintenance-page"
	}
	b.add(name, lockstep.StepMaintenance, lockstep.StepAction{Maintenance: m, Always: always})
}
