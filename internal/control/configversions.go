package control

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// ConfigVersions lists the versions of an environment's configuration, the
// newest first and without documents.
func (c *Control) ConfigVersions(ctx context.Context, projectName, environmentRef string, page lockstep.Page) (List[lockstep.ConfigVersion], error) {
	return view(ctx, c, func(tx Tx) (List[lockstep.ConfigVersion], error) {
		var out List[lockstep.ConfigVersion]
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return out, err
		}
		out.Items, out.NextCursor, err = tx.ConfigVersions(env.ID, page)
		return out, err
	})
}

// ConfigVersion reads one version: by its number, "latest", or "running".
func (c *Control) ConfigVersion(ctx context.Context, projectName, environmentRef, number string) (lockstep.ConfigVersion, error) {
	return view(ctx, c, func(tx Tx) (lockstep.ConfigVersion, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return lockstep.ConfigVersion{}, err
		}
		v, err := numbered(tx, env, number)
		v.Document.Variables = config.Redact(v.Document.Variables)
		return v, err
	})
}

func numbered(tx Tx, env lockstep.Environment, number string) (lockstep.ConfigVersion, error) {
	switch number {
	case "latest":
		return tx.ConfigVersion(env.ID, 0)
	case "running":
		if env.ActiveID == "" {
			return lockstep.ConfigVersion{}, lockstep.Errorf(lockstep.CodeNotFound, "nothing runs in %s yet", env.Name)
		}
		active, err := tx.Revision(env.ActiveID)
		if err != nil {
			return lockstep.ConfigVersion{}, err
		}
		return tx.ConfigVersion(env.ID, active.Content.Config)
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 {
		return lockstep.ConfigVersion{}, lockstep.Invalid("version", "name a config version by its number, latest or running")
	}
	return tx.ConfigVersion(env.ID, n)
}

// ConfigDiff is what differs between two versions.
type ConfigDiff struct {
	From    int64                   `json:"from"`
	To      int64                   `json:"to"`
	Changes []lockstep.ConfigChange `json:"changes"`
}

// DiffConfig compares two versions of an environment's configuration.
func (c *Control) DiffConfig(ctx context.Context, projectName, environmentRef, from, to string) (ConfigDiff, error) {
	return view(ctx, c, func(tx Tx) (ConfigDiff, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return ConfigDiff{}, err
		}
		a, err := numbered(tx, env, from)
		if err != nil {
			return ConfigDiff{}, err
		}
		b, err := numbered(tx, env, to)
		if err != nil {
			return ConfigDiff{}, err
		}
		return ConfigDiff{From: a.Number, To: b.Number, Changes: append([]lockstep.ConfigChange{}, config.Diff(a.Document, b.Document)...)}, nil
	})
}

// RestoreConfig makes a new version in which the environment's own variables
// and its sections are those of an earlier one. What it inherits, and what the
// matrix says, stays as it is now; what differs by that is a warning each.
func (c *Control) RestoreConfig(ctx context.Context, by By, projectName, environmentRef string, number int64, options lockstep.ConfigUpdateOptions) (lockstep.ConfigUpdateResult, error) {
	return change(ctx, c, by, "restore config", []any{projectName, environmentRef, number, options}, func(tx Tx) (lockstep.ConfigUpdateResult, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return lockstep.ConfigUpdateResult{}, err
		}
		return c.restoreConfig(tx, by, env, number, options)
	})
}

func (c *Control) restoreConfig(tx Tx, by By, env lockstep.Environment, number int64, options lockstep.ConfigUpdateOptions) (lockstep.ConfigUpdateResult, error) {
	var none lockstep.ConfigUpdateResult
	if err := c.mayConfigure(tx, by, &env); err != nil {
		return none, err
	}
	if err := checkOptions(options); err != nil {
		return none, err
	}
	latest, in, err := c.newest(tx, by, env)
	if err != nil {
		return none, err
	}
	if err := seen(options, env.Name, latest); err != nil {
		return none, err
	}
	target, err := tx.ConfigVersion(env.ID, number)
	if err != nil {
		return none, err
	}
	before, err := in.document(env, latest.Document)
	if err != nil {
		return none, err
	}
	doc, lost, err := withOwnOf(tx, before, target.Document)
	if err != nil {
		return none, err
	}
	if len(lost) > 0 {
		e := config.Unfit(fmt.Sprintf("configuration %d of %s cannot be restored", number, env.Name), lost)
		e.Code = lockstep.CodeConflict
		return none, e
	}
	if options.Description == "" {
		options.Description = fmt.Sprintf("restore of version %d", number)
	}
	result, err := c.configure(in, env, latest, before, doc, config.Diff(before, doc), options)
	if err != nil {
		return none, err
	}
	for _, d := range config.Diff(target.Document, doc) {
		result.ValidationResult.Warnings = append(result.ValidationResult.Warnings, lockstep.Problem{
			Field: d.Path, Message: "stays as it is now: it is inherited, or stands in the matrix",
		})
	}
	return result, nil
}

// withOwnOf is a document with the own variables and the sections that it had
// earlier, and the values of those that are gone since.
func withOwnOf(tx Tx, doc, earlier lockstep.ConfigDocument) (_ lockstep.ConfigDocument, lost []lockstep.Problem, err error) {
	own := func(v lockstep.Variable) bool { return v.Level == lockstep.LevelEnvironment }
	doc.Sections, doc.Variables = earlier.Sections, slices.DeleteFunc(slices.Clone(doc.Variables), own)
	for _, v := range earlier.Variables {
		if !own(v) {
			continue
		}
		gone, err := revoked(tx, v)
		if err != nil {
			return doc, nil, err
		}
		if gone {
			lost = append(lost, lockstep.Problem{Field: config.Path(v), Message: fmt.Sprintf("version %d of this secret is revoked, and its value is gone", v.SecretVersion), Suggestion: "set it anew"})
		}
		doc.Variables = append(doc.Variables, v)
	}
	config.Sort(doc.Variables)
	return doc, lost, nil
}

// revoked says that the value of a sensitive variable is gone.
func revoked(tx Tx, v lockstep.Variable) (bool, error) {
	if !v.Sensitive || v.SecretVersion == 0 {
		return false, nil
	}
	s, err := tx.SecretVersion(v.SecretID, v.SecretVersion)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return true, nil
	}
	return s.RevokedAt != nil, err
}
