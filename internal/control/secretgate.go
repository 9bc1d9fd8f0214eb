package control

import (
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// goneSecrets are the values that a revision needs and that cannot be had.
func goneSecrets(tx Tx, content lockstep.RevisionContent) ([]policy.GoneSecret, error) {
	var out []policy.GoneSecret
	for _, ref := range content.SecretRefs() {
		v, err := tx.SecretVersion(ref.ID, ref.Version)
		switch {
		case lockstep.CodeOf(err) == lockstep.CodeNotFound:
			out = append(out, policy.GoneSecret{SecretRef: ref})
		case err != nil:
			return nil, err
		case v.RevokedAt != nil:
			out = append(out, policy.GoneSecret{SecretRef: ref, RevokedAt: v.RevokedAt, RevokedBy: v.RevokedBy})
		}
	}
	return out, nil
}

// goneActive is goneSecrets of what a start would bring up.
func goneActive(tx Tx, env lockstep.Environment) ([]policy.GoneSecret, error) {
	if env.ActiveID == "" {
		return nil, nil
	}
	revision, err := tx.Revision(env.ActiveID)
	if err != nil {
		return nil, err
	}
	return goneSecrets(tx, revision.Content)
}

// goneToScale is goneActive, where a scale starts something: fewer instances
// of what runs need nothing.
func goneToScale(tx Tx, env lockstep.Environment, replicas map[string]int) ([]policy.GoneSecret, error) {
	for service, n := range replicas {
		if env.Enabled(service) && n > env.ReplicasOf(service) {
			return goneServing(tx, env)
		}
	}
	return nil, nil
}

// goneToEnable is goneActive, where an enable starts something: it does
// nothing to a dependency.
func goneToEnable(tx Tx, env lockstep.Environment, service string) ([]policy.GoneSecret, error) {
	if env.ServingID() == "" {
		return nil, nil
	}
	active, err := tx.Revision(env.ActiveID)
	if err != nil || !slices.ContainsFunc(active.Content.Services, func(s lockstep.ServiceSpec) bool { return s.Name == service }) {
		return nil, err
	}
	return goneSecrets(tx, active.Content)
}

// goneToSwitch is what the hooks of a switch to an environment would not get:
// what runs there has its values already.
func goneToSwitch(tx Tx, env lockstep.Environment, active lockstep.Revision) ([]policy.GoneSecret, error) {
	services, err := strategy.SwitchNeeds(strategy.Snapshot{Environment: env, Active: &active})
	if err != nil {
		return nil, nil //nolint:nilerr // a hook of a service that is not there: the plan says so
	}
	needed := active.Content
	needed.Services = slices.DeleteFunc(slices.Clone(needed.Services), func(s lockstep.ServiceSpec) bool { return !slices.Contains(services, s.Name) })
	return goneSecrets(tx, needed)
}

// goneServing is goneActive, where something serves: in an environment that is
// stopped it is the start that needs secrets.
func goneServing(tx Tx, env lockstep.Environment) ([]policy.GoneSecret, error) {
	if env.ServingID() == "" {
		return nil, nil
	}
	return goneActive(tx, env)
}

// secretsCurrent is the RollbackRequest.Secrets that replaces what is gone.
const secretsCurrent = "current"

// withCurrentSecrets is a revision in which the values that are gone are
// replaced by their secrets' newest; everything else is as it was.
func withCurrentSecrets(tx Tx, content lockstep.RevisionContent, gone []policy.GoneSecret) (lockstep.RevisionContent, error) {
	newest := map[lockstep.SecretRef]lockstep.SecretRef{}
	content.Secrets = maps.Clone(content.Secrets)
	for _, g := range gone {
		v, err := tx.SecretVersion(g.ID, 0)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound || err == nil && v.RevokedAt != nil {
			return content, lockstep.Errorf(lockstep.CodeConflict, "secret %s has no newer value to return with: set one first (lockstep vars set)", g.Key)
		}
		if err != nil {
			return content, err
		}
		to := g.SecretRef
		to.Version = v.Version
		newest[g.SecretRef] = to
		if slot := slotOfPlace(v.Place); content.Secrets[slot] == g.Version {
			content.Secrets[slot] = v.Version
		}
	}
	content.Services = slices.Clone(content.Services)
	for i, s := range content.Services {
		replaced := make(map[string]lockstep.SecretText, len(s.SecretEnv))
		for name, text := range s.SecretEnv {
			text = slices.Clone(text)
			for n, part := range text {
				if part.Secret == nil {
					continue
				}
				if to, ok := newest[*part.Secret]; ok {
					text[n].Secret = &to
				}
			}
			replaced[name] = text
		}
		if len(replaced) > 0 {
			content.Services[i].SecretEnv = replaced
		}
	}
	return content, nil
}

// replaceGoneSecrets makes a draft's revision one with newer values, where
// that was asked for and something is gone.
func replaceGoneSecrets(tx Tx, d *draft, q *policy.Question, with string) error {
	switch with {
	case "":
		return nil
	case secretsCurrent:
	default:
		return lockstep.Invalid("secrets", "secrets: %q is not known: leave it out, or say %q", with, secretsCurrent)
	}
	if len(q.Gone) == 0 {
		return nil
	}
	content, err := withCurrentSecrets(tx, d.content, q.Gone)
	if err != nil {
		return err
	}
	hash, err := lockstep.Hash(content)
	if err != nil {
		return err
	}
	d.content, q.Target, q.Gone = content, &content, nil
	d.deployment.RevisionID, d.deployment.RevisionHash = "", hash
	return nil
}
