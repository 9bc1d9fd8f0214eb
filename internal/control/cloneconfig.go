package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// cloneConfig gives a clone what its source says itself beside the matrix: its
// variables and its sections. Addresses with the source's name get the
// clone's, as in the matrix; secrets are copied as they are sealed.
func (c *Control) cloneConfig(ctx context.Context, tx Tx, by By, source, clone lockstep.Environment) ([]matrix.Rewrite, error) {
	own, err := tx.Variables(ownerOf(source))
	if err != nil {
		return nil, err
	}
	latest, err := tx.ConfigVersion(source.ID, 0)
	if err != nil || len(own) == 0 && len(latest.Document.Sections) == 0 {
		return nil, err
	}
	up := lockstep.ConfigUpdate{
		Sections: make(map[lockstep.ConfigSection]any, len(latest.Document.Sections)),
		Options:  lockstep.ConfigUpdateOptions{Description: "clone of " + source.Name},
	}
	var all []matrix.Rewrite
	var services []string // the matrix may name some of them no more
	for name, section := range latest.Document.Sections {
		renamed, rewritten := matrix.Rename(source.Name, clone.Name, string(name), section)
		up.Sections[name] = renamed
		all = append(all, rewritten...)
	}
	for _, v := range own {
		if v.Scope == lockstep.ScopeService {
			services = append(services, v.Target)
		}
		change := lockstep.VariableChange{
			Key: v.Key, Scope: v.Scope, Target: v.Target, Type: &v.Type, Sensitive: &v.Sensitive, Required: &v.Required,
			Description: &v.Description, DefaultValue: v.DefaultValue, Validation: &v.Validation, Source: v.Source,
		}
		switch {
		case v.Sensitive && v.SecretVersion > 0:
			gone, err := revoked(tx, v)
			if err != nil {
				return all, err
			}
			if !gone {
				change.Copy = &lockstep.SecretRef{ID: v.SecretID, Key: v.Slot(), Version: v.SecretVersion}
			}
		case !v.Sensitive:
			renamed, rewritten := matrix.Rename(source.Name, clone.Name, "variables."+v.Slot(), v.Value)
			text, _ := renamed.(string)
			change.Value = &text
			all = append(all, rewritten...)
		}
		up.Variables = append(up.Variables, change)
	}
	_, err = c.updateConfig(ctx, tx, by, clone, up, services...)
	return all, err
}
