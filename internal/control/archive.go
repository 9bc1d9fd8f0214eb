package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// Archive keeps a stopped environment for its history only. Nothing has to be
// carried out for it, so that it is done when Archive returns.
func (c *Control) Archive(ctx context.Context, by By, project, environmentRef string) (lockstep.Environment, error) {
	return c.become(ctx, by, project, environmentRef, policy.Archive, lockstep.EnvironmentArchived)
}

// Unarchive makes an archived environment a stopped one again.
func (c *Control) Unarchive(ctx context.Context, by By, project, environmentRef string) (lockstep.Environment, error) {
	return c.become(ctx, by, project, environmentRef, policy.Unarchive, lockstep.EnvironmentInactive)
}

func (c *Control) become(ctx context.Context, by By, project, environmentRef string, action policy.Action, to lockstep.EnvironmentStatus) (lockstep.Environment, error) {
	return change(ctx, c, by, string(action), []any{project, environmentRef}, func(tx Tx) (lockstep.Environment, error) {
		env, err := c.allowed(tx, by, project, environmentRef, action)
		if err != nil {
			return lockstep.Environment{}, err
		}
		now, from := c.now(), env.Status
		env.Status, env.UpdatedAt, env.Metadata.LastModified, env.Metadata.ModifiedBy = to, now, &now, by.Actor
		if err := tx.PutEnvironment(env); err != nil {
			return lockstep.Environment{}, err
		}
		return env, c.event(tx, lockstep.EventEnvironmentStatus, env.ProjectID, env.ID, "", by, map[string]any{"from": from, "to": to})
	})
}
