package strategy

import (
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Disable lets the router answer for a service, drains it and stops all of its
// instances, those of a warm side too: a rollback does not bring it back. In a
// stopped environment there is nothing to do.
func Disable(s Snapshot, service string) (lockstep.Plan, error) {
	return toggle(s, lockstep.PhaseForward, service, false, nil)
}

// Enable starts what serves of a service that is disabled, with as many
// instances as are recorded, and leads requests to it once they are healthy.
func Enable(s Snapshot, service string) (lockstep.Plan, error) {
	return toggle(s, lockstep.PhaseForward, service, true, nil)
}

// Untoggle takes an Enable or a Disable back that was begun: the service is
// again what the environment says. forward are its steps as they ended.
func Untoggle(s Snapshot, service string, forward []lockstep.Step) (lockstep.Plan, error) {
	done := trace(forward)
	if !done.any {
		return lockstep.Plan{}, nil
	}
	return toggle(s, lockstep.PhaseUndo, service, s.Environment.Enabled(service), done.stopped)
}

// toggle: restore are groups that start again whether they serve or not.
func toggle(s Snapshot, phase lockstep.Phase, service string, enabled bool, restore []string) (lockstep.Plan, error) {
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b := builder{scene: sc, phase: phase}
	if !enabled {
		b.disable(service)
	} else if err := b.enable(service, restore); err != nil {
		return lockstep.Plan{}, err
	}
	return b.plan(), nil
}

func (b *builder) enable(service string, restore []string) error {
	start := "enable"
	if b.phase == lockstep.PhaseUndo {
		start = "start-again"
	}
	revisions := slices.Clone(b.Serving)
	if b.Warm != nil && len(restore) > 0 {
		revisions = append(revisions, *b.Warm)
	}
	var done []lockstep.Group
	for i, revision := range revisions {
		groups, err := revision.Content.Groups()
		if err != nil {
			return err
		}
		groups = keep(without(groups, done), func(g lockstep.Group) bool {
			return g.Service == service && (i < len(b.Serving) || slices.Contains(restore, g.ID))
		})
		if len(groups) == 0 {
			continue
		}
		b.prepare("prepare-instances", revision)
		b.bringUpTo(start, "await-healthy", revision, groups, func(lockstep.Group) int {
			return b.Environment.Spec.ReplicasOf(service)
		})
		done = append(done, groups...)
	}
	b.offer("resume-requests", service, true)
	return nil
}

func (b *builder) disable(service string) {
	b.offer("withhold-requests", service, false)
	var groups []lockstep.Group
	for _, g := range b.all() {
		if ofService(g, service) {
			groups = append(groups, g)
		}
	}
	b.drain("drain-service", groups, b.drainTimeout())
	b.stop("stop-service", groups, quietDrain)
}

// offer adds nothing where nothing that serves has the service, such as a
// dependency: the next routing has it.
func (b *builder) offer(name, service string, enabled bool) {
	has := func(s lockstep.ServiceSpec) bool { return s.Name == service }
	if slices.ContainsFunc(b.Serving, func(r lockstep.Revision) bool {
		return slices.ContainsFunc(r.Content.Services, has)
	}) {
		b.add(name, lockstep.StepOffer, lockstep.StepAction{
			Service: service, Disabled: b.Environment.DisabledWith(service, enabled), Always: b.phase == lockstep.PhaseUndo,
		})
	}
}

// ofService says that a group is a service's, also where nothing but its ID is
// left of its revision.
func ofService(g lockstep.Group, service string) bool {
	if g.Service != g.ID {
		return g.Service == service
	}
	hash, ok := strings.CutPrefix(g.ID, service+"-")
	return ok && !strings.Contains(hash, "-")
}
