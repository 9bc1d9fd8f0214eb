package control

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// writeSync lays a plan over the target's newest configuration, by the same
// way as any update. What the target could not be deployed with any more, and
// could before, refuses all of it.
func (c *Control) writeSync(ctx context.Context, tx Tx, by By, target lockstep.Environment, s lockstep.SyncResult, plan config.SyncPlan) (lockstep.SyncResult, error) {
	latest, in, err := c.newest(tx, by, target)
	if err != nil {
		return s, err
	}
	before, err := in.document(target, latest.Document)
	if err != nil {
		return s, err
	}
	doc, _, err := config.ApplyUpdate(before, plan.Update, c.editing(ctx, tx, by, in, ownerOf(target), false))
	if err != nil {
		return s, err
	}
	doc.Services = overridden(doc.Services, plan.Services)
	if wrong := fresh(in.problems(target, before), in.problems(target, doc)); len(wrong) > 0 {
		return s, config.Unfit(fmt.Sprintf("%s cannot be deployed with what %s says", s.Target, s.Source), config.Plain(wrong))
	}
	message := s.Options.Description
	if message == "" {
		message = fmt.Sprintf("sync from %s (configuration %d)", s.Source, s.SourceVersion)
	}
	updated, err := c.configure(in, target, latest, before, doc, config.Diff(before, doc), lockstep.ConfigUpdateOptions{
		Description: message, ApplyImmediately: s.Options.ApplyImmediately,
	})
	if err != nil {
		return s, err
	}
	if updated.Number != latest.Number {
		s.NewVersion = updated.Number
	}
	if updated.Deployment != nil {
		s.DeploymentID = updated.Deployment.ID
	}
	return s, nil
}

func overridden(services map[string]lockstep.ServiceConfig, patches map[string]config.ServicePatch) map[string]lockstep.ServiceConfig {
	if len(patches) == 0 {
		return services
	}
	out := maps.Clone(services)
	if out == nil {
		out = map[string]lockstep.ServiceConfig{}
	}
	for name, patch := range patches {
		out[name] = patch.Onto(out[name])
	}
	return out
}

// servicesChanged says that what the matrix says of services is overridden by
// hand: a sync does that, and the next matrix that is applied shows it.
func servicesChanged(changes []lockstep.ConfigChange) bool {
	return slices.ContainsFunc(changes, func(c lockstep.ConfigChange) bool { return strings.HasPrefix(c.Path, "services.") })
}

// readyToCopy makes keys where a sync copies secrets: not in its transaction.
func (c *Control) readyToCopy(ctx context.Context, id string) error {
	s, err := view(ctx, c, func(tx Tx) (lockstep.SyncResult, error) { return tx.Sync(id) })
	if err != nil {
		return err
	}
	for _, change := range s.Changes {
		if change.Status == lockstep.ChangePending && change.NewValue == lockstep.Redacted {
			return c.vault.Ready(ctx)
		}
	}
	return nil
}

// undoSync makes a target say again what stood in the version before a sync:
// its own variables, its sections, and its services' overrides.
func (c *Control) undoSync(tx Tx, by By, target lockstep.Environment, s lockstep.SyncResult) (number int64, err error) {
	latest, in, err := c.newest(tx, by, target)
	if err != nil {
		return 0, err
	}
	was, err := tx.ConfigVersion(target.ID, s.TargetVersion)
	if err != nil {
		return 0, err
	}
	before, err := in.document(target, latest.Document)
	if err != nil {
		return 0, err
	}
	doc, lost, err := withOwnOf(tx, before, was.Document)
	if err != nil {
		return 0, err
	}
	if len(lost) > 0 {
		return 0, lockstep.Errorf(lockstep.CodeConflict, "%s of %s had a value before the sync that was revoked since, so that the sync cannot be undone: set what is to be as before by hand", lost[0].Field, s.Target)
	}
	doc.Services = config.Current(was.Document).Services
	updated, err := c.configure(in, target, latest, before, doc, config.Diff(before, doc), lockstep.ConfigUpdateOptions{
		Description: fmt.Sprintf("undo of the sync from %s (%s)", s.Source, s.ID),
	})
	return updated.Number, err
}
