package control

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// environment creates one environment of the file, or changes it.
func (a *apply) environment(want matrix.DesiredEnvironment) error {
	i := slices.IndexFunc(a.held, func(h held) bool { return h.env.Name == want.Name })
	if i < 0 {
		return a.create(want)
	}
	return a.update(&a.held[i], want)
}

func (a *apply) create(want matrix.DesiredEnvironment) error {
	if err := lockstep.ValidateEnvironmentName(want.Name); err != nil {
		return err
	}
	now := a.now()
	env := lockstep.Environment{
		ID: a.newID(), ProjectID: a.project.ID, Project: a.project.Name, Name: want.Name, Type: want.Type,
		Status: lockstep.EnvironmentInactive, Description: want.Description, Spec: want.Spec, HostID: a.hostFor(want.Spec.Runtime),
		Metadata:  lockstep.EnvironmentMetadata{CreatedAt: now, CreatedBy: a.by.Actor},
		CreatedAt: now, UpdatedAt: now,
	}
	if err := a.tx.PutEnvironment(env); err != nil {
		return err
	}
	a.created = append(a.created, env.Name)
	if err := a.event(a.tx, lockstep.EventEnvironmentCreated, env.ProjectID, env.ID, "", a.by, map[string]any{"environment": env.Name}); err != nil {
		return err
	}
	a.settle(env, lockstep.ConfigVersion{}, want.Config)
	return nil
}

// hostFor says which machine an environment belongs to: processes run here.
func (a *apply) hostFor(kind lockstep.RuntimeKind) string {
	if kind == lockstep.RuntimeProcess {
		return a.host
	}
	return ""
}

func (a *apply) update(h *held, want matrix.DesiredEnvironment) error {
	going, err := destroying(a.tx, h.env.ID)
	if err != nil {
		return err
	}
	if going != "" {
		return lockstep.Errorf(lockstep.CodeConflict, "it is being destroyed by operation %s: apply again when that is done", going)
	}
	specChanged, err := a.spec(h, want)
	if err != nil {
		return err
	}
	if specChanged {
		a.changed = append(a.changed, h.env.Name)
	}
	a.settle(h.env, h.config, want.Config)
	return nil
}

// spec records what the file says of an environment beside its configuration.
func (a *apply) spec(h *held, want matrix.DesiredEnvironment) (changed bool, err error) {
	env := h.env
	same, err := equal(env.Spec, want.Spec)
	if err != nil || same && env.Type == want.Type && env.Description == want.Description {
		return false, err
	}
	if env.Spec.Runtime != want.Spec.Runtime {
		if env.ActiveID != "" {
			return false, lockstep.Errorf(lockstep.CodeConflict, "the runtime cannot change from %s to %s while a revision runs: destroy the environment first", env.Spec.Runtime, want.Spec.Runtime)
		}
		env.HostID = a.hostFor(want.Spec.Runtime)
	}
	h.rerouted = !sameSet(env.Spec.Domains, want.Spec.Domains)
	env.Spec, env.Type, env.Description = want.Spec, want.Type, want.Description
	now := a.now()
	env.UpdatedAt, env.Metadata.LastModified, env.Metadata.ModifiedBy = now, &now, a.by.Actor
	if err := a.tx.PutEnvironment(env); err != nil {
		return false, err
	}
	h.env = env
	return true, a.event(a.tx, lockstep.EventEnvironmentUpdated, env.ProjectID, env.ID, "", a.by, map[string]any{"environment": env.Name})
}
