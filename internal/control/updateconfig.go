package control

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// UpdateConfig changes an environment's configuration: its own variables and
// its sections, all of it or nothing. What runs changes with the next
// deployment that asks for it, or at once with ApplyImmediately.
func (c *Control) UpdateConfig(ctx context.Context, by By, projectName, environmentRef string, up lockstep.ConfigUpdate) (lockstep.ConfigUpdateResult, error) {
	return sealing(ctx, c, by, "update config", []any{projectName, environmentRef}, up, func(tx Tx) (lockstep.ConfigUpdateResult, lockstep.VariableOwner, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return lockstep.ConfigUpdateResult{}, lockstep.VariableOwner{}, err
		}
		result, err := c.updateConfig(ctx, tx, by, env, up)
		return result, ownerOf(env), err
	})
}

// updateConfig is UpdateConfig inside the caller's transaction. The vault is
// ready where the update brings secrets. also are services that variables may
// be of beside those of the matrix.
func (c *Control) updateConfig(ctx context.Context, tx Tx, by By, env lockstep.Environment, up lockstep.ConfigUpdate, also ...string) (lockstep.ConfigUpdateResult, error) {
	result := lockstep.ConfigUpdateResult{EnvironmentID: env.ID}
	if err := c.mayConfigure(tx, by, &env); err != nil {
		return result, err
	}
	if err := checkOptions(up.Options); err != nil {
		return result, err
	}
	p, err := tx.Project(env.Project) // held: nobody else changes what it inherits meanwhile
	if err != nil {
		return result, err
	}
	in, err := c.inheritance(tx, by, p)
	if err != nil {
		return result, err
	}
	latest, err := tx.ConfigVersion(env.ID, 0)
	if err != nil {
		return result, err
	}
	if err := seen(up.Options, env.Name, latest); err != nil {
		return result, err
	}
	before, err := in.document(env, latest.Document)
	if err != nil {
		return result, err
	}
	edit := c.editing(ctx, tx, by, in, ownerOf(env), up.Options.RotateSecrets)
	edit.Services = append(edit.Services, also...)
	doc, changes, err := config.ApplyUpdate(before, up, edit)
	if err != nil {
		return result, err
	}
	return c.configure(in, env, latest, before, doc, changes, up.Options)
}

// configure records a new document of an environment, with its rows and what
// its children inherit.
func (c *Control) configure(in *inheritance, env lockstep.Environment, latest lockstep.ConfigVersion, before, doc lockstep.ConfigDocument, changes []lockstep.ConfigChange, options lockstep.ConfigUpdateOptions) (lockstep.ConfigUpdateResult, error) {
	result := lockstep.ConfigUpdateResult{EnvironmentID: env.ID, Environments: []lockstep.ConfigVersionMade{}, Changes: []lockstep.ConfigChange{}}
	after := in.problems(env, doc)
	var refused []lockstep.Problem
	for _, p := range fresh(in.problems(env, before), after) {
		if !p.Missing {
			refused = append(refused, p.Problem)
		}
	}
	var own []lockstep.Variable
	for _, v := range doc.Variables {
		if v.Level == lockstep.LevelEnvironment {
			own = append(own, v)
		}
	}
	changed, err := in.write(ownerOf(env), own)
	if err != nil {
		return result, err
	}
	sections := slices.Sorted(maps.Keys(sectionsChanged(changes)))
	var made *lockstep.ConfigVersion
	if len(changed)+len(sections) > 0 || servicesChanged(changes) {
		made, err = in.version(env, latest, doc, changeMessage(options.Description, "", changed, sections))
	}
	if err != nil {
		return result, err
	}
	if made != nil {
		latest = *made
		result.Environments = append(result.Environments, lockstep.ConfigVersionMade{Environment: env.Name, Number: made.Number})
	}
	spread, err := in.spread(in.heirs(ownerOf(env)), changeMessage("", env.Name+"'s", changed, nil))
	if err != nil {
		return result, err
	}
	if refused = append(refused, spread.refused...); len(refused) > 0 {
		return result, config.Unfit("configuration of "+env.Name+" cannot be changed like that", refused)
	}
	result.Environments = append(result.Environments, spread.made...)
	result.Changes = append(result.Changes, asApplied(changes)...)
	result.Number, result.Version, result.Hash, result.Success = latest.Number, strconv.FormatInt(latest.Number, 10), latest.Hash, true
	result.ValidationResult = validation(config.Plain(after), spread.warnings)
	if options.ApplyImmediately {
		d, err := c.applyNow(in.tx, in.by, env, latest.Number, options)
		if err != nil {
			return result, err
		}
		result.Deployment = d
	}
	return result, nil
}

func sectionsChanged(changes []lockstep.ConfigChange) map[string]bool {
	out := map[string]bool{}
	for _, c := range changes {
		if name, _, _ := strings.Cut(c.Path, "."); slices.Contains(lockstep.ConfigSections(), lockstep.ConfigSection(name)) {
			out[name] = true
		}
	}
	return out
}

func validation(errors, warnings []lockstep.Problem) *lockstep.ValidationResult {
	return &lockstep.ValidationResult{
		Valid: len(errors) == 0, Errors: append([]lockstep.Problem{}, errors...), Warnings: append([]lockstep.Problem{}, warnings...),
	}
}

func asApplied(changes []lockstep.ConfigChange) []lockstep.ConfigChange {
	out := slices.Clone(changes)
	for i := range out {
		out[i].Status = lockstep.ChangeApplied
	}
	return out
}

// applyNow deploys what runs once more, with the newest configuration.
func (c *Control) applyNow(tx Tx, by By, env lockstep.Environment, number int64, options lockstep.ConfigUpdateOptions) (*lockstep.Deployment, error) {
	if env.ActiveID == "" {
		return nil, lockstep.Errorf(lockstep.CodeConflict, "nothing runs in %s yet: change its configuration without applying it, and deploy", env.Name)
	}
	active, err := tx.Revision(env.ActiveID)
	if err != nil {
		return nil, err
	}
	description := options.Description
	if description == "" {
		description = "configuration " + strconv.FormatInt(number, 10)
	}
	d, err := c.draft(tx, by, env, lockstep.DeploymentRequest{Version: active.Content.Release, WithConfig: "latest", Description: description})
	if err != nil {
		return nil, err
	}
	recorded, err := c.record(tx, by, d)
	return &recorded, err
}

func (c *Control) mayConfigure(tx Tx, by By, env *lockstep.Environment) error {
	q, err := c.facts(tx, policy.Configure, by.Actor, *env)
	if err != nil {
		return err
	}
	return policy.Decide(q).Err()
}

// checkOptions refuses what would make an update less safe than it is.
func checkOptions(o lockstep.ConfigUpdateOptions) error {
	if o.ValidateBeforeApply != nil && !*o.ValidateBeforeApply {
		return lockstep.Invalid("options.validateBeforeApply", "a configuration is always validated before it is recorded: leave validateBeforeApply out")
	}
	if o.CreateBackup != nil && !*o.CreateBackup {
		return lockstep.Invalid("options.createBackup", "every version of a configuration is kept, and can be restored: leave createBackup out")
	}
	return checkText("description", o.Description)
}

// seen refuses an update that was thought up over another version than the
// newest.
func seen(o lockstep.ConfigUpdateOptions, name string, latest lockstep.ConfigVersion) error {
	hash := strings.TrimPrefix(o.BaseHash, "sha256:")
	if o.BaseVersion != 0 && o.BaseVersion != latest.Number || !strings.HasPrefix(strings.TrimPrefix(latest.Hash, "sha256:"), hash) {
		return lockstep.Errorf(lockstep.CodeStale, "the configuration of %s is at version %d now, by %s (%s), and the change was made for another: look at it again", name, latest.Number, latest.Author, latest.Message)
	}
	return nil
}

// editing is an update of one owner's variables in this transaction; anew: a
// secret that is given the value that it has gets a new version of it.
func (c *Control) editing(ctx context.Context, tx Tx, by By, in *inheritance, owner lockstep.VariableOwner, anew bool) config.Edit {
	e := config.Edit{Level: owner.Level, Owner: in.nameOf(owner), Actor: by.Actor, At: c.now(), Services: in.serviceNames()}
	e.Seal = func(v lockstep.Variable, given *string, from *lockstep.SecretRef) (lockstep.SecretRef, error) {
		place := placeOf(owner, v)
		if from != nil {
			return c.copySecret(ctx, tx, by, *from, place)
		}
		value := lockstep.Conceal(*given)
		if !anew {
			if same, err := c.keepsSecret(ctx, tx, v, value); err != nil || same {
				return lockstep.SecretRef{ID: v.SecretID, Key: place.Key, Version: v.SecretVersion}, err
			}
		}
		return c.sealSecret(ctx, tx, by, place, value)
	}
	return e
}

// placeOf is where a sensitive variable's value belongs to.
func placeOf(owner lockstep.VariableOwner, v lockstep.Variable) lockstep.SecretPlace {
	key := v.Key
	if v.Target != "" {
		key = string(v.Scope) + "/" + v.Target + "/" + v.Key
	}
	return lockstep.SecretPlace{Project: owner.ProjectID, Level: owner.Level, Owner: owner.ID, Key: key}
}
