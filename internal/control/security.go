package control

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// securityFacts is what an environment's security is judged by.
type securityFacts struct {
	env      lockstep.Environment
	config   lockstep.ConfigVersion
	active   *lockstep.Revision
	warm     *lockstep.Revision
	secrets  []lockstep.Secret // that it can see, or uses
	versions map[string][]lockstep.SecretVersion
	seen     Observation
	unseen   string // why the host could not be asked
}

// Security checks how an environment is run, and what it was told, for weak
// spots. Nothing is stored: it is of this moment.
func (c *Control) Security(ctx context.Context, projectName, environmentRef string) (lockstep.SecurityReport, error) {
	f, err := view(ctx, c, func(tx Tx) (securityFacts, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return securityFacts{}, err
		}
		return readSecurity(tx, env)
	})
	if err != nil {
		return lockstep.SecurityReport{}, err
	}
	f.seen, f.unseen = c.observe(ctx, f.env)
	return f.judge(c.now()), nil
}

// judge makes every check.
func (f securityFacts) judge(now time.Time) lockstep.SecurityReport {
	r := lockstep.SecurityReport{ID: f.env.ID, Environment: f.env.Name, CheckedAt: now, Findings: []lockstep.SecurityFinding{}, Checks: []lockstep.SecurityCheck{}}
	for _, check := range securityChecks {
		found, unknown := check.look(f, r.CheckedAt)
		for i := range found {
			found[i].Check = check.name
		}
		r.Checks = append(r.Checks, lockstep.SecurityCheck{Name: check.name, Title: check.title, Unknown: unknown})
		r.Findings = append(r.Findings, found...)
	}
	r.Settle()
	return r
}

func readSecurity(tx Tx, env lockstep.Environment) (f securityFacts, err error) {
	f = securityFacts{env: env}
	if f.config, err = tx.ConfigVersion(env.ID, 0); err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return f, err
	}
	uses := map[string]bool{}
	for _, side := range []struct {
		id string
		to **lockstep.Revision
	}{{env.ActiveID, &f.active}, {env.WarmID, &f.warm}} {
		if side.id == "" {
			continue
		}
		revision, err := tx.Revision(side.id)
		if err != nil {
			return f, err
		}
		*side.to = &revision
		for _, ref := range revision.Content.SecretRefs() {
			uses[ref.ID] = true
		}
	}
	f.secrets, f.versions, err = tx.SecretsOf(env, slices.Sorted(maps.Keys(uses)))
	return f, err
}
