package control

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// standing is who waits for whom in a project, as it is read in one transaction.
type standing struct {
	open        []lockstep.Operation // without steps
	steps       map[string][]lockstep.Step
	held        map[string]lockstep.HeldLock
	names       map[string]string // of environments
	deployments map[string]lockstep.Deployment
	now         time.Time
}

// waiting says that an operation may wait for another one; a glance at itself
// is enough, so that others cost nothing.
func waiting(o lockstep.Operation, now time.Time) bool {
	return o.Waits != nil || o.Status == lockstep.StatusPending && o.LeaseUntil == nil && !o.Later(now)
}

// addWaits fills in who is in the way of operations of a project.
func (c *Control) addWaits(tx Tx, projectID string, operations []lockstep.Operation) error {
	now := c.now()
	if !slices.ContainsFunc(operations, func(o lockstep.Operation) bool { return waiting(o, now) }) {
		return nil
	}
	open, err := tx.ProjectOperations(projectID)
	if err != nil {
		return err
	}
	steps, err := tx.RunningSteps(projectID)
	if err != nil {
		return err
	}
	q, err := c.standing(tx, projectID, open, steps)
	if err != nil {
		return err
	}
	for i, o := range operations {
		operations[i].WaitingFor = q.of(o)
	}
	return nil
}

func (c *Control) standing(tx Tx, projectID string, open []lockstep.Operation, steps map[string][]lockstep.Step) (standing, error) {
	q := standing{open: open, steps: steps, held: map[string]lockstep.HeldLock{}, deployments: map[string]lockstep.Deployment{}, now: c.now()}
	held, err := tx.HeldLocks(projectID)
	if err != nil {
		return q, err
	}
	for _, l := range held {
		q.held[l.Lock] = l
	}
	if q.names, err = tx.EnvironmentNames(projectID); err != nil {
		return q, err
	}
	var ids []string
	for _, o := range open {
		if o.Kind == lockstep.OperationDeploy {
			ids = append(ids, o.ID)
		}
	}
	deployments, err := tx.DeploymentsOf(ids)
	for _, d := range deployments {
		q.deployments[d.ID] = d
	}
	return q, err
}

// of is nil where nobody is in an operation's way.
func (q standing) of(o lockstep.Operation) *lockstep.WaitingFor {
	if !waiting(o, q.now) {
		return nil
	}
	if o.Waits != nil {
		return q.behind(o, o.Waits.Lock, q.held[o.Waits.Lock].Operation, o.Waits.Since)
	}
	since := o.CreatedAt
	if o.ScheduledFor != nil && o.ScheduledFor.After(since) {
		since = *o.ScheduledFor
	}
	for _, lock := range o.Locks { // sorted: environments first
		if l, taken := q.held[lock]; taken && l.Operation != o.ID {
			if l.Since.After(since) {
				since = l.Since
			}
			return q.behind(o, lock, l.Operation, since)
		}
	}
	// One that waits itself keeps its place before others in its environment.
	first := slices.IndexFunc(q.open, func(other lockstep.Operation) bool {
		return other.EnvironmentID == o.EnvironmentID && waiting(other, q.now)
	})
	if first < 0 || q.open[first].ID == o.ID {
		return nil
	}
	return q.behind(o, lockstep.EnvironmentLock(o.EnvironmentID), q.open[first].ID, since)
}

func (q standing) behind(o lockstep.Operation, lock, holder string, since time.Time) *lockstep.WaitingFor {
	at := slices.IndexFunc(q.open, func(other lockstep.Operation) bool { return other.ID == holder })
	if at < 0 || holder == o.ID {
		return nil
	}
	h := q.open[at]
	h.Steps = q.steps[h.ID]
	w := lockstep.WaitingFor{
		Lock: lock, Live: strings.HasSuffix(lock, ":live"), Since: since, Holder: h.ID, HolderKind: h.Kind, HolderStatus: h.Status,
		HolderURL: "/api/system/operations/" + h.ID, HolderEnvironment: q.names[h.EnvironmentID],
	}
	if d, ok := q.deployments[h.ID]; ok {
		w.HolderURL, w.HolderVersion, w.HolderEnvironment = "/api/system/deployments/"+h.ID, d.Version, cmp.Or(w.HolderEnvironment, d.Environment)
	}
	for _, s := range h.Steps {
		w.HolderStep = s.Name
	}
	switch {
	case h.Waiting(lockstep.StepApprove) != nil:
		w.HolderWaitsFor = lockstep.HolderWaitsApproval
	case h.Waiting(lockstep.StepPause) != nil:
		w.HolderWaitsFor = lockstep.HolderWaitsPause
	case h.Pause != nil && h.Pause.HeldSince != nil:
		w.HolderWaitsFor, w.HolderStep, w.HolderPausedBy = lockstep.HolderWaitsPaused, h.Pause.Before, h.Pause.By
	case waiting(h, q.now):
		w.HolderWaitsFor = lockstep.HolderWaitsLock
	}
	return &w
}

// addCardWaits does that for what is shown at a glance.
func (c *Control) addCardWaits(tx Tx, projectID string, open []lockstep.Operation, steps map[string][]lockstep.Step, cards map[string]*lockstep.RunningOperation) error {
	now := c.now()
	if !slices.ContainsFunc(open, func(o lockstep.Operation) bool { return waiting(o, now) }) {
		return nil
	}
	q, err := c.standing(tx, projectID, open, steps)
	if err != nil {
		return err
	}
	for _, o := range open {
		if card := cards[o.EnvironmentID]; card != nil && card.ID == o.ID {
			card.WaitingFor = q.of(o)
		}
	}
	return nil
}

// deploymentNow reads a deployment, and who is in its way.
func (c *Control) deploymentNow(tx Tx, id string) (lockstep.Deployment, error) {
	d, err := tx.Deployment(id)
	if err != nil || d.Status != lockstep.StatusPending && d.Status != lockstep.StatusRunning {
		return d, err
	}
	o, err := c.operationNow(tx, id)
	d.WaitingFor = o.WaitingFor
	return d, err
}

// operationNow reads an operation, and who is in its way.
func (c *Control) operationNow(tx Tx, id string) (lockstep.Operation, error) {
	o, err := tx.Operation(id)
	if err != nil {
		return o, err
	}
	one := []lockstep.Operation{o}
	err = c.addWaits(tx, o.ProjectID, one)
	return one[0], err
}

// addDeploymentWaits fills in who is in the way of those that are open.
func (c *Control) addDeploymentWaits(tx Tx, all []lockstep.Deployment) error {
	var ids []string
	project := ""
	for _, d := range all {
		if d.Status == lockstep.StatusPending || d.Status == lockstep.StatusRunning {
			ids, project = append(ids, d.ID), d.ProjectID
		}
	}
	if len(ids) == 0 {
		return nil
	}
	operations, err := tx.OperationsOf(ids)
	if err != nil {
		return err
	}
	if err := c.addWaits(tx, project, operations); err != nil {
		return err
	}
	for i, d := range all {
		for _, o := range operations {
			if o.ID == d.ID {
				all[i].WaitingFor = o.WaitingFor
			}
		}
	}
	return nil
}
