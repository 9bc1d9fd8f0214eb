package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// Sync asks for one environment's configuration to be brought into another's.
// ref is the one that the options do not name. The answer of a dry run is the
// plan: what would change, held to what the target can be deployed with.
//
// A sync that is asked for is an operation, which holds both environments
// while it is carried out (CarryOutSync) and so waits for a deployment of
// either. Until then it can be cancelled.
func (c *Control) Sync(ctx context.Context, by By, project, ref string, opts lockstep.ConfigSyncOptions) (lockstep.SyncResult, error) {
	kind, err := lockstep.ParseSyncType(string(opts.SyncType), len(opts.Include) > 0)
	if err != nil {
		return lockstep.SyncResult{}, err
	}
	if err := checkText("description", opts.Description); err != nil {
		return lockstep.SyncResult{}, err
	}
	opts.SyncType, opts.SyncedBy = kind, ""
	return change(ctx, c, by, "sync", []any{project, ref, opts}, func(tx Tx) (lockstep.SyncResult, error) {
		source, target, err := syncPair(tx, project, ref, opts)
		if err != nil {
			return lockstep.SyncResult{}, err
		}
		q, err := c.facts(tx, policy.Sync, by.Actor, target)
		if err != nil {
			return lockstep.SyncResult{}, err
		}
		if err := policy.Decide(q).Err(); err != nil {
			return lockstep.SyncResult{}, err
		}
		if opts.ApplyImmediately && target.ActiveID == "" {
			return lockstep.SyncResult{}, lockstep.Errorf(lockstep.CodeConflict, "nothing runs in %s that the configuration could be applied to: sync without applying, and deploy a release", target.Name)
		}
		result, plan, err := c.syncPlan(ctx, tx, by, source, target, opts)
		if err != nil {
			return result, err
		}
		if by.DryRun {
			_, err := c.writeSync(ctx, tx, by, target, result, plan)
			return result, err
		}
		o := c.operation(by, target, lockstep.OperationSync)
		o.Sync = &lockstep.Sync{SourceID: source.ID, Source: source.Name, TargetID: target.ID, Target: target.Name, Type: kind}
		o.Locks = append(o.Locks, lockstep.EnvironmentLock(source.ID))
		if o, err = c.queue(tx, by, target, o); err != nil {
			return result, err
		}
		result.ID, result.StartedAt = o.ID, o.CreatedAt
		return result, tx.AddSync(result)
	})
}

// syncPair is the source and the target of a sync that is asked for at ref.
func syncPair(tx Tx, project, ref string, opts lockstep.ConfigSyncOptions) (source, target lockstep.Environment, err error) {
	if (opts.SourceEnvironmentID == "") == (opts.TargetEnvironmentID == "") {
		return source, target, lockstep.Invalid("sourceEnvironmentId", "name the environment to sync from (sourceEnvironmentId), or the one to sync to (targetEnvironmentId): one of them")
	}
	here, err := environment(tx, project, ref)
	if err != nil {
		return source, target, err
	}
	there, err := environment(tx, here.Project, opts.SourceEnvironmentID+opts.TargetEnvironmentID)
	if err != nil {
		return source, target, err
	}
	if here.ID == there.ID {
		return source, target, lockstep.Invalid("targetEnvironmentId", "%s is both source and target: name two environments", here.Name)
	}
	if opts.SourceEnvironmentID != "" {
		return there, here, nil
	}
	return here, there, nil
}

// syncPlan plans a sync by what is stored, and says it as a result that runs.
func (c *Control) syncPlan(ctx context.Context, tx Tx, by By, source, target lockstep.Environment, opts lockstep.ConfigSyncOptions) (lockstep.SyncResult, config.SyncPlan, error) {
	compared, err := c.comparison(ctx, tx, source, target, opts.SourceVersion)
	if err != nil {
		return lockstep.SyncResult{}, config.SyncPlan{}, err
	}
	now := compared.Target.Config.Number
	if opts.TargetVersion != 0 && opts.TargetVersion != now {
		return lockstep.SyncResult{}, config.SyncPlan{}, lockstep.Errorf(lockstep.CodeConflict,
			"%s is at configuration %d now, and the sync was planned over %d: somebody changed it meanwhile; look at the plan again", target.Name, now, opts.TargetVersion)
	}
	plan, err := config.PlanSync(compared, config.SyncRequest{
		Type: opts.SyncType, Include: opts.Include, Exclude: opts.Exclude, IncludeSpecific: opts.IncludeSpecific,
	})
	return lockstep.SyncResult{
		ProjectID: target.ProjectID, SourceEnvironmentID: source.ID, TargetEnvironmentID: target.ID, Source: source.Name, Target: target.Name,
		SyncType: opts.SyncType, Status: lockstep.SyncRunning, Changes: plan.Changes, StartedAt: c.now(), StartedBy: by.Actor,
		Options: opts, SourceVersion: compared.Source.Config.Number, TargetVersion: now,
	}, plan, err
}

// CarryOutSync carries a claimed sync out: what it changes in the target, the
// new version of its configuration, the deployment that it asks for and the
// record of all this are one transaction. See engine.SyncConfig.
func (c *Control) CarryOutSync(ctx context.Context, operation lockstep.Operation, lease lockstep.Lease) (said string, err error) {
	if err := c.readyToCopy(ctx, operation.ID); err != nil {
		return "", err
	}
	by := By{Actor: operation.CreatedBy}
	err = c.store.Update(ctx, func(tx Tx) error {
		o, err := tx.Operation(operation.ID)
		if err != nil {
			return err
		}
		if o.Fence != lease.Fence || o.Worker != lease.Worker || o.Status != lockstep.StatusRunning {
			return lockstep.Errorf(lockstep.CodeFenced, "operation %s is another worker's", o.ID)
		}
		s, err := tx.Sync(o.ID)
		if err != nil {
			return err
		}
		if s.NewVersion == 0 && s.DeploymentID == "" {
			if s, err = c.syncNow(ctx, tx, by, s); err != nil {
				return err
			}
		}
		said = s.Said()
		return nil
	})
	return said, err
}

// syncNow is the sync as it was planned when it was asked for: from the
// source's version of then, over the target's, which nobody may have changed.
func (c *Control) syncNow(ctx context.Context, tx Tx, by By, s lockstep.SyncResult) (lockstep.SyncResult, error) {
	source, err := environment(tx, "", s.SourceEnvironmentID)
	if err != nil {
		return s, lockstep.Errorf(lockstep.CodeNotFound, "the source %s does not exist any more", s.Source)
	}
	target, err := environment(tx, "", s.TargetEnvironmentID)
	if err != nil {
		return s, err
	}
	opts := s.Options
	opts.SourceVersion, opts.TargetVersion = s.SourceVersion, s.TargetVersion
	planned, plan, err := c.syncPlan(ctx, tx, by, source, target, opts)
	if err != nil {
		return s, err
	}
	s.Changes = planned.Changes
	if s, err = c.writeSync(ctx, tx, by, target, s, plan); err != nil {
		return s, err
	}
	for i := range s.Changes {
		if s.Changes[i].Status == lockstep.ChangePending {
			s.Changes[i].Status = lockstep.ChangeApplied
		}
	}
	if err := tx.SyncDone(s); err != nil {
		return s, err
	}
	return s, c.event(tx, lockstep.EventConfigSynced, target.ProjectID, target.ID, s.ID, by, map[string]any{
		"sync": s.ID, "source": s.Source, "target": s.Target, "from": s.SourceVersion, "version": s.NewVersion, "changes": plan.Pending(),
	})
}

// Syncs lists syncs, the newest first; of one environment where it is named.
func (c *Control) Syncs(ctx context.Context, projectName, environmentRef string, page lockstep.Page) (List[lockstep.SyncResult], error) {
	return view(ctx, c, func(tx Tx) (List[lockstep.SyncResult], error) {
		out := List[lockstep.SyncResult]{Items: []lockstep.SyncResult{}}
		var projectID, environmentID string
		if environmentRef != "" {
			env, err := environment(tx, projectName, environmentRef)
			if err != nil {
				return out, err
			}
			projectID, environmentID = env.ProjectID, env.ID
		} else {
			p, err := project(tx, projectName)
			if err != nil {
				return out, err
			}
			projectID = p.ID
		}
		all, next, err := tx.Syncs(projectID, environmentID, page)
		for _, s := range all {
			out.Items = append(out.Items, s.Settled())
		}
		out.NextCursor = next
		return out, err
	})
}

// SyncResult reads one sync.
func (c *Control) SyncResult(ctx context.Context, id string) (lockstep.SyncResult, error) {
	return view(ctx, c, func(tx Tx) (lockstep.SyncResult, error) {
		s, err := tx.Sync(id)
		return s.Settled(), err
	})
}

// UndoSync makes a target's configuration say what it said before a sync, as
// a new version. Where it has changed since it is refused: what came after
// would be lost.
func (c *Control) UndoSync(ctx context.Context, by By, id string) (lockstep.SyncResult, error) {
	return change(ctx, c, by, "undo sync", id, func(tx Tx) (lockstep.SyncResult, error) {
		s, err := tx.Sync(id)
		if err != nil {
			return s, err
		}
		switch {
		case s.Status != lockstep.SyncCompleted:
			return s, lockstep.Errorf(lockstep.CodeConflict, "sync %s is %s: only what has completed can be undone", id, s.Status)
		case s.Undone != nil:
			return s, lockstep.Errorf(lockstep.CodeConflict, "sync %s was undone already, by %s", id, s.Undone.By)
		case s.NewVersion == 0:
			return s, lockstep.Errorf(lockstep.CodeConflict, "sync %s has changed nothing: there is nothing to undo", id)
		case s.TargetEnvironmentID == "":
			return s, lockstep.Errorf(lockstep.CodeConflict, "the target %s of sync %s does not exist any more", s.Target, id)
		}
		target, err := c.allowed(tx, by, "", s.TargetEnvironmentID, policy.Sync)
		if err != nil {
			return s, err
		}
		newest, err := tx.ConfigVersion(target.ID, 0)
		if err != nil {
			return s, err
		}
		if newest.Number != s.NewVersion {
			return s, lockstep.Errorf(lockstep.CodeConflict, "the configuration of %s has changed since the sync made version %d (it is %d now): undoing it would lose that; see lockstep config diff %s, and set by hand what is to be as before",
				target.Name, s.NewVersion, newest.Number, target.Name)
		}
		number, err := c.undoSync(tx, by, target, s)
		if err != nil {
			return s, err
		}
		s.Undone = &lockstep.SyncUndone{At: c.now(), By: by.Actor, Version: number}
		if err := tx.SyncDone(s); err != nil {
			return s, err
		}
		return s.Settled(), c.event(tx, lockstep.EventConfigSyncUndone, target.ProjectID, target.ID, "", by, map[string]any{"sync": id, "version": number})
	})
}
