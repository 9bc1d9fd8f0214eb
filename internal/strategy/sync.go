package strategy

import "github.com/lockstep-dev/lockstep"

// Sync brings one environment's configuration into another's: a change of what
// is stored, all at once, that nothing has to be undone of.
func Sync() lockstep.Plan {
	b := builder{phase: lockstep.PhaseForward}
	b.add("sync-configuration", lockstep.StepSyncConfig, lockstep.StepAction{})
	return b.plan()
}
