package control

import (
	"context"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// TagRequest changes an environment's tags.
type TagRequest struct {
	Set    map[string]string `json:"set,omitempty"`
	Remove []string          `json:"remove,omitempty"` // keys
}

// Tag changes an environment's tags. They are people's: the matrix does not
// have them, and nothing is decided by them.
func (c *Control) Tag(ctx context.Context, by By, project, environmentRef string, req TagRequest) (lockstep.Environment, error) {
	return change(ctx, c, by, "tag", []any{project, environmentRef, req}, func(tx Tx) (lockstep.Environment, error) {
		if err := policy.Decide(policy.Question{Action: policy.Apply, Actor: by.Actor, Now: c.now()}).Err(); err != nil {
			return lockstep.Environment{}, err
		}
		env, err := environment(tx, project, environmentRef)
		if err != nil {
			return env, err
		}
		tags, err := lockstep.Retag(env.Metadata.Tags, req.Set, req.Remove)
		if err != nil || slices.Equal(tags, env.Metadata.Tags) {
			return env, err
		}
		now := c.now()
		env.Metadata.Tags, env.UpdatedAt, env.Metadata.LastModified, env.Metadata.ModifiedBy = tags, now, &now, by.Actor
		if err := tx.PutEnvironment(env); err != nil {
			return env, err
		}
		return env, c.event(tx, lockstep.EventEnvironmentUpdated, env.ProjectID, env.ID, "", by, map[string]any{"environment": env.Name, "tags": tags})
	})
}
