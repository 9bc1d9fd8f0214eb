package control

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// quarantine is what keeps a question's target out of its environment. A
// person deploys a revision: the same release under another configuration is
// another one. Whoever promotes moves the release, whatever its configuration.
func quarantine(tx Tx, q policy.Question, revisionHash string) (*lockstep.Quarantine, error) {
	if q.Environment == nil || q.Target == nil {
		return nil, nil
	}
	all, err := tx.Quarantines(q.Environment.ProjectID, q.Environment.ID)
	if err != nil {
		return nil, err
	}
	return keptOut(q, all, revisionHash), nil
}

// keptOut is the one of some quarantines that a question's target is under.
func keptOut(q policy.Question, all []lockstep.Quarantine, revisionHash string) *lockstep.Quarantine {
	i := slices.IndexFunc(all, func(found lockstep.Quarantine) bool {
		return found.RevisionHash == revisionHash || (q.Action == policy.Promote || q.Action == policy.Switch) && found.Version == q.Target.Release
	})
	if i < 0 {
		return nil
	}
	return &all[i]
}
