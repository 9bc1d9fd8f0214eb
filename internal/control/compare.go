package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// SecretComparer is a Vault that can say whether two sealed values are one.
// Without it two secrets are the same only where they are copies.
type SecretComparer interface {
	Same(ctx context.Context, a, b lockstep.SecretVersion) (bool, error)
}

// DiffEnvironments says in what two environments of a project differ, and
// what is to be thought of each difference.
func (c *Control) DiffEnvironments(ctx context.Context, project, sourceRef, targetRef string) (lockstep.EnvironmentDiff, error) {
	return view(ctx, c, func(tx Tx) (lockstep.EnvironmentDiff, error) {
		source, err := environment(tx, project, sourceRef)
		if err != nil {
			return lockstep.EnvironmentDiff{}, err
		}
		target, err := environment(tx, source.Project, targetRef)
		if err != nil {
			return lockstep.EnvironmentDiff{}, err
		}
		compared, err := c.comparison(ctx, tx, source, target, 0)
		if err != nil {
			return lockstep.EnvironmentDiff{}, err
		}
		return config.Differences(compared), nil
	})
}

// comparison reads what two environments are compared by. sourceVersion is
// the source's configuration that is; 0: the newest.
func (c *Control) comparison(ctx context.Context, tx Tx, source, target lockstep.Environment, sourceVersion int64) (config.Comparison, error) {
	out := config.Comparison{}
	p, err := tx.Project(source.Project)
	if err != nil {
		return out, err
	}
	m, err := c.matrices.get(p)
	if err != nil {
		// It was valid when it was applied; what it declares is not known then.
		c.log.Warn("the applied matrix cannot be read", "project", p.Name, "error", err)
	}
	out.Specific = m.specific
	if out.Source, err = side(tx, source, sourceVersion, m); err != nil {
		return out, err
	}
	if out.Target, err = side(tx, target, 0, m); err != nil {
		return out, err
	}
	if out.Base, err = base(tx, source, target); err != nil {
		return out, err
	}
	out.SameSecret = c.sameSecret(ctx, tx)
	return out, nil
}

func side(tx Tx, env lockstep.Environment, number int64, m appliedMatrix) (config.Side, error) {
	s := config.Side{Environment: env, Declared: m.configs[env.Name]}
	var err error
	if s.Config, err = tx.ConfigVersion(env.ID, number); err != nil {
		return s, within(err, env.Name)
	}
	if env.ActiveID == "" {
		return s, nil
	}
	active, err := tx.Revision(env.ActiveID)
	if err != nil {
		return s, err
	}
	s.Release = active.Content.Release
	if env.StoppedAt == nil { // a start takes what is recorded
		deployed := recorded{env: env}
		if deployed.started, err = started(tx, env.ID); err != nil {
			return s, err
		}
		s.Replicas = map[string]int{}
		for _, service := range active.Content.Services {
			s.Replicas[service.Name] = deployed.deployed(service.Name)
		}
	}
	running, err := tx.ConfigVersion(env.ID, active.Content.Config)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return s, nil
	}
	s.Running = &running
	return s, err
}

// base is what two environments stored after the last sync between them; nil
// where there was none, or where one of these configurations is gone.
func base(tx Tx, source, target lockstep.Environment) (*config.Base, error) {
	last, err := tx.LastSync(source.ID, target.ID)
	if err != nil || last == nil || last.CompletedAt == nil {
		return nil, err
	}
	out := &config.Base{DiffBase: lockstep.DiffBase{SyncID: last.ID, At: *last.CompletedAt, By: last.StartedBy, From: last.Source, To: last.Target}}
	after := last.NewVersion
	if after == 0 { // it found nothing to change
		after = last.TargetVersion
	}
	from, to := last.SourceVersion, after
	if last.SourceEnvironmentID != source.ID {
		from, to = to, from
	}
	for _, which := range []struct {
		env    lockstep.Environment
		number int64
		into   *lockstep.ConfigDocument
	}{{source, from, &out.Source}, {target, to, &out.Target}} {
		v, err := tx.ConfigVersion(which.env.ID, which.number)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		*which.into = v.Document
	}
	return out, nil
}

// sameSecret asks the vault. What it cannot open (it was revoked, its key is
// gone) is not known to be the same as anything.
func (c *Control) sameSecret(ctx context.Context, tx Tx) func(a, b lockstep.SecretRef) bool {
	comparer, ok := c.vault.(SecretComparer)
	if !ok {
		return nil
	}
	return func(a, b lockstep.SecretRef) bool {
		x, err := tx.SecretVersion(a.ID, a.Version)
		if err != nil {
			return false
		}
		y, err := tx.SecretVersion(b.ID, b.Version)
		if err != nil {
			return false
		}
		same, err := comparer.Same(ctx, x, y)
		return err == nil && same
	}
}
