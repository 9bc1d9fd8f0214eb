package lockstep

import "slices"

// A transition table says which states may follow a state. Tables are data:
// validation, the store's checks and the diagram in docs/states.md are all
// derived from them.
type transitions[S ~string] map[S][]S

// EnvironmentTransitions: a deployment, or a start, moves an environment
// through deploying; it returns to the state its outcome earns (ADR 1).
var EnvironmentTransitions = transitions[EnvironmentStatus]{
	EnvironmentInactive:    {EnvironmentDeploying, EnvironmentMaintenance, EnvironmentArchived},
	EnvironmentDeploying:   {EnvironmentActive, EnvironmentInactive, EnvironmentFailed},
	EnvironmentActive:      {EnvironmentDeploying, EnvironmentMaintenance, EnvironmentInactive, EnvironmentFailed},
	EnvironmentFailed:      {EnvironmentDeploying, EnvironmentActive, EnvironmentInactive, EnvironmentMaintenance, EnvironmentArchived},
	EnvironmentMaintenance: {EnvironmentActive, EnvironmentInactive},
	EnvironmentArchived:    {EnvironmentInactive},
}

// OperationTransitions: also those of a deployment, which is an operation.
var OperationTransitions = transitions[OperationStatus]{
	StatusPendingApproval: {StatusPending, StatusCancelled},
	StatusPending:         {StatusRunning, StatusCancelled, StatusFailed},
	StatusRunning:         {StatusCompleted, StatusFailed, StatusCancelled, StatusRolledBack},
	StatusCompleted:       {StatusRolledBack},
	StatusFailed:          {},
	StatusCancelled:       {},
	StatusRolledBack:      {},
}

// StepTransitions: a running step that a dead worker left behind is started
// again by the next one, so running may follow running.
var StepTransitions = transitions[StepStatus]{
	StepPending:   {StepRunning, StepSkipped},
	StepRunning:   {StepRunning, StepCompleted, StepFailed, StepSkipped},
	StepCompleted: {},
	StepFailed:    {},
	StepSkipped:   {},
}

// Allows says whether to may follow from.
func (t transitions[S]) Allows(from, to S) bool { return slices.Contains(t[from], to) }

// Check is nil where to may follow from, and otherwise a CodeConflict error
// that names both and what could follow.
func (t transitions[S]) Check(what string, from, to S) error {
	if t.Allows(from, to) {
		return nil
	}
	return Errorf(CodeConflict, "%s is %s and cannot become %s", what, from, to)
}

// States lists the table's states in a stable order.
func (t transitions[S]) States() []S {
	out := make([]S, 0, len(t))
	for s := range t {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}
