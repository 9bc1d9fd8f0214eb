package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// VariableList is the variables of an environment, or the own ones of a
// project or a type.
type VariableList struct {
	Environment string              `json:"environment,omitempty"`
	Project     string              `json:"project"`
	Type        string              `json:"type,omitempty"`
	Version     int64               `json:"version,omitempty"` // of an environment's configuration
	Running     int64               `json:"running,omitempty"` // 0: none yet
	Hash        string              `json:"hash"`              // what an update says it has seen
	Variables   []lockstep.Variable `json:"variables"`
	Problems    []lockstep.Problem  `json:"problems"` // with which nothing can be deployed
}

// VariableQuery says which variables of an environment to list: those of all
// levels, as they win.
type VariableQuery struct {
	Service string // as this service gets them
	Own     bool   // only what the environment says itself
	Key     string // only those of this name
	Reveal  bool   // with the values of secrets; it is noted who asked
}

// Variables lists an environment's variables. Secrets are redacted.
func (c *Control) Variables(ctx context.Context, by By, projectName, environmentRef string, query VariableQuery) (VariableList, error) {
	if query.Reveal {
		return revealing(ctx, c, func(tx Tx) (VariableList, error) { return c.variables(ctx, tx, by, projectName, environmentRef, query) })
	}
	return view(ctx, c, func(tx Tx) (VariableList, error) { return c.variables(ctx, tx, by, projectName, environmentRef, query) })
}

// revealing is view with an event that it leaves.
func revealing[T any](ctx context.Context, c *Control, fn func(Tx) (T, error)) (T, error) {
	var out, zero T
	if err := c.vault.Ready(ctx); err != nil {
		return zero, err
	}
	err := c.store.Update(ctx, func(tx Tx) (err error) {
		out, err = fn(tx)
		return err
	})
	if err != nil {
		return zero, err
	}
	return out, nil
}

func (c *Control) variables(ctx context.Context, tx Tx, by By, projectName, environmentRef string, query VariableQuery) (VariableList, error) {
	env, err := environment(tx, projectName, environmentRef)
	if err != nil {
		return VariableList{}, err
	}
	latest, in, err := c.newest(tx, by, env)
	if err != nil {
		return VariableList{}, err
	}
	out := VariableList{Environment: env.Name, Project: env.Project, Version: latest.Number, Hash: latest.Hash, Variables: []lockstep.Variable{}}
	if env.ActiveID != "" {
		active, err := tx.Revision(env.ActiveID)
		if err != nil {
			return out, err
		}
		out.Running = active.Content.Config
	}
	resolved, problems := config.Resolve(latest.Document, in.services, setting(env, latest.Number))
	out.Problems = config.Plain(problems)
	var found []lockstep.Variable
	switch r, known := resolved[query.Service]; {
	case query.Service == "":
		winners := config.Effective
		if query.Own {
			winners = config.Winners
		}
		for _, v := range winners(latest.Document) {
			found = append(found, v)
		}
	case !known:
		return out, notFound("service", query.Service, in.serviceNames())
	default:
		for _, v := range r.Used {
			found = append(found, *v)
		}
	}
	slices.SortFunc(found, func(a, b lockstep.Variable) int {
		return cmp.Or(strings.Compare(a.Target, b.Target), strings.Compare(a.Key, b.Key), strings.Compare(string(a.Scope), string(b.Scope)))
	})
	for _, v := range found {
		if query.Own && v.Level != lockstep.LevelEnvironment || query.Key != "" && v.Key != query.Key {
			continue
		}
		if v.Owner == "" { // of the matrix
			v.Owner = env.Name
			if v.Level == lockstep.LevelProject {
				v.Owner = env.Project
			}
		}
		if v.Level != lockstep.LevelEnvironment {
			v.Source = lockstep.SourceInherited
		}
		out.Variables = append(out.Variables, v)
	}
	if !query.Reveal {
		out.Variables = config.Redact(out.Variables)
		return out, nil
	}
	return out, c.reveal(ctx, tx, by, env, out.Variables)
}

// newest is an environment's newest configuration, and what it takes to
// resolve it.
func (c *Control) newest(tx Tx, by By, env lockstep.Environment) (lockstep.ConfigVersion, *inheritance, error) {
	p, err := tx.Project(env.Project)
	if err != nil {
		return lockstep.ConfigVersion{}, nil, err
	}
	in, err := c.inheritance(tx, by, p)
	if err != nil {
		return lockstep.ConfigVersion{}, nil, err
	}
	latest, err := tx.ConfigVersion(env.ID, 0)
	return latest, in, err
}

// reveal puts the values of secrets in, and notes who asked for which.
func (c *Control) reveal(ctx context.Context, tx Tx, by By, env lockstep.Environment, variables []lockstep.Variable) error {
	q, err := c.facts(tx, policy.Reveal, by.Actor, env)
	if err != nil {
		return err
	}
	if err := policy.Decide(q).Err(); err != nil {
		return err
	}
	var slots []string
	for i, v := range variables {
		if !v.Sensitive || v.SecretVersion == 0 {
			continue
		}
		gone, err := revoked(tx, v)
		if err != nil {
			return err
		}
		if gone { // the others are there all the same
			variables[i].Value = lockstep.Redacted
			continue
		}
		value, err := c.revealSecret(ctx, tx, lockstep.SecretRef{ID: v.SecretID, Key: v.Slot(), Version: v.SecretVersion})
		if err != nil {
			return err
		}
		variables[i].Value = value.Reveal()
		slots = append(slots, v.Slot())
	}
	if len(slots) == 0 {
		return nil
	}
	return c.event(tx, lockstep.EventSecretsRevealed, env.ProjectID, env.ID, "", by, map[string]any{"environment": env.Name, "keys": slots})
}

// OwnVariables lists what a project says itself or, with a type, what is said
// of its environments of that type.
func (c *Control) OwnVariables(ctx context.Context, projectName string, t lockstep.EnvironmentType) (VariableList, error) {
	return view(ctx, c, func(tx Tx) (VariableList, error) {
		p, owner, err := above(tx, projectName, t)
		if err != nil {
			return VariableList{}, err
		}
		in, err := c.inheritance(tx, By{}, p)
		if err != nil {
			return VariableList{}, err
		}
		own, err := in.variables(owner)
		if err != nil {
			return VariableList{}, err
		}
		config.Sort(own)
		hash, err := lockstep.Hash(own)
		return VariableList{Project: p.Name, Type: string(t), Hash: hash, Variables: config.Redact(own), Problems: []lockstep.Problem{}}, err
	})
}

func above(tx Tx, projectName string, t lockstep.EnvironmentType) (lockstep.Project, lockstep.VariableOwner, error) {
	if err := kindOf(t); err != nil {
		return lockstep.Project{}, lockstep.VariableOwner{}, err
	}
	found, err := project(tx, projectName)
	if err != nil {
		return found, lockstep.VariableOwner{}, err
	}
	p, err := tx.Project(found.Name) // held, where it was found in a list
	owner := lockstep.VariableOwner{ProjectID: p.ID, Level: lockstep.LevelProject}
	if t != "" {
		owner.Level, owner.ID = lockstep.LevelType, string(t)
	}
	return p, owner, err
}

// UpdateOwnVariables changes what a project or a type says. Each environment
// that inherits it and whose configuration changes by it gets a new version.
func (c *Control) UpdateOwnVariables(ctx context.Context, by By, projectName string, t lockstep.EnvironmentType, up lockstep.ConfigUpdate) (lockstep.ConfigUpdateResult, error) {
	return sealing(ctx, c, by, "update variables", []any{projectName, t}, up, func(tx Tx) (lockstep.ConfigUpdateResult, lockstep.VariableOwner, error) {
		p, owner, err := above(tx, projectName, t)
		if err != nil {
			return lockstep.ConfigUpdateResult{}, owner, err
		}
		result, err := c.updateOwn(ctx, tx, by, p, owner, up)
		return result, owner, err
	})
}

func (c *Control) updateOwn(ctx context.Context, tx Tx, by By, p lockstep.Project, owner lockstep.VariableOwner, up lockstep.ConfigUpdate) (lockstep.ConfigUpdateResult, error) {
	result := lockstep.ConfigUpdateResult{Environments: []lockstep.ConfigVersionMade{}, Changes: []lockstep.ConfigChange{}}
	if err := policy.Decide(policy.Question{Action: policy.ConfigureAbove, Actor: by.Actor, Now: c.now()}).Err(); err != nil {
		return result, err
	}
	if err := checkOptions(up.Options); err != nil {
		return result, err
	}
	switch {
	case len(up.Sections) > 0:
		return result, lockstep.Invalid("sections", "sections are of one environment: change them there")
	case up.Options.ApplyImmediately:
		return result, lockstep.Invalid("options.applyImmediately", "a variable of several environments is not deployed to all of them at once: deploy them one by one with --with-config latest")
	}
	in, err := c.inheritance(tx, by, p)
	if err != nil {
		return result, err
	}
	own, err := in.variables(owner)
	if err != nil {
		return result, err
	}
	config.Sort(own)
	hash, err := lockstep.Hash(own)
	if err != nil {
		return result, err
	}
	if !strings.HasPrefix(strings.TrimPrefix(hash, "sha256:"), strings.TrimPrefix(up.Options.BaseHash, "sha256:")) {
		return result, lockstep.Errorf(lockstep.CodeStale, "the variables of %s %s have changed meanwhile: look at them again", owner.Level, in.nameOf(owner))
	}
	e := c.editing(ctx, tx, by, in, owner, up.Options.RotateSecrets)
	if owner.Level == lockstep.LevelType {
		if e.Above, err = in.variables(lockstep.VariableOwner{ProjectID: p.ID, Level: lockstep.LevelProject}); err != nil {
			return result, err
		}
	}
	after, err := config.ApplyVariables(own, up.Variables, e)
	if err != nil {
		return result, err
	}
	result.Changes = append(result.Changes, asApplied(config.Diff(lockstep.ConfigDocument{Variables: own}, lockstep.ConfigDocument{Variables: after}))...)
	changed, err := in.write(owner, after)
	if err != nil {
		return result, err
	}
	spread, err := in.spread(in.heirs(owner), changeMessage(up.Options.Description, string(owner.Level), changed, nil))
	if err != nil {
		return result, err
	}
	if len(spread.refused) > 0 {
		return result, config.Unfit(fmt.Sprintf("the variables of %s %s cannot be changed like that", owner.Level, in.nameOf(owner)), spread.refused)
	}
	result.Environments = append(result.Environments, spread.made...)
	result.Hash, err = lockstep.Hash(after)
	result.Success, result.ValidationResult = true, validation(nil, spread.warnings)
	return result, err
}

// Explain says where a variable's value comes from, for a service of an
// environment. Without a service it is each service's story; those that get
// the key.
func (c *Control) Explain(ctx context.Context, projectName, environmentRef, key, service string) ([]config.Explanation, error) {
	return view(ctx, c, func(tx Tx) ([]config.Explanation, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return nil, err
		}
		latest, in, err := c.newest(tx, By{}, env)
		if err != nil {
			return nil, err
		}
		if service != "" && !slices.Contains(in.serviceNames(), service) {
			return nil, notFound("service", service, in.serviceNames())
		}
		var out []config.Explanation
		var missing error
		about := ""
		for _, s := range in.services {
			if service != "" && s.Name != service {
				continue
			}
			one, err := config.Explain(latest.Document, s, key, setting(env, latest.Number))
			if lockstep.CodeOf(err) == lockstep.CodeNotFound {
				// What may have been meant for one service is not known for another.
				if missing == nil || strings.Contains(err.Error(), "did you mean") {
					missing, about = err, s.Name
				}
				continue
			}
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		if len(out) == 0 && missing == nil {
			missing = lockstep.Errorf(lockstep.CodeNotFound, "the matrix names no services that could get %s", key)
		}
		if len(out) == 0 && service == "" && len(in.services) > 1 {
			var coded *lockstep.Error
			if errors.As(missing, &coded) {
				coded.Message = strings.Replace(coded.Message, " for "+about, " for any service of "+env.Name, 1)
			}
		}
		if len(out) == 0 {
			return nil, missing
		}
		return out, nil
	})
}
