package control

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// SecretUses says who has which value of a key's secrets: those that the
// environment can see, of whatever level.
func (c *Control) SecretUses(ctx context.Context, projectName, environmentRef, key string) ([]lockstep.SecretUse, error) {
	found, err := view(ctx, c, func(tx Tx) (found, error) { return findSecrets(tx, projectName, environmentRef, key) })
	if err != nil {
		return nil, err
	}
	return c.usesOf(ctx, found)
}

// found are secrets, and all environments that may use them.
type found struct {
	secrets []lockstep.Secret
	owners  []string // names, in the order of the secrets
	values  map[string][]lockstep.SecretVersion
	places  []user
}

// user is an environment and what of it may need secrets.
type user struct {
	env       lockstep.Environment
	revisions []revisionInUse
	deployed  bool                            // something was, once
	specs     map[string]lockstep.ServiceSpec // by group, as far as they are known
}

type revisionInUse struct {
	lockstep.Revision
	role lockstep.SecretRevisionRole
}

// findSecrets finds the secrets of a key: KEY, or SERVICE/KEY where it is
// meant for one service only.
func findSecrets(tx Tx, projectName, environmentRef, key string) (found, error) {
	var f found
	env, err := environment(tx, projectName, environmentRef)
	if err != nil {
		return f, err
	}
	all, err := tx.Environments(env.ProjectID)
	if err != nil {
		return f, err
	}
	for _, e := range all {
		u, err := userOf(tx, e)
		if err != nil {
			return f, err
		}
		f.places = append(f.places, u)
	}
	used := f.usedBy(env.ID)
	secrets, err := tx.Secrets(env.ProjectID)
	if err != nil {
		return f, err
	}
	f.values = map[string][]lockstep.SecretVersion{}
	for _, s := range secrets {
		if !isNamed(s.Place, key) || !inherited(s.Place, env) && !used[s.ID] {
			continue
		}
		if f.values[s.ID], err = tx.SecretVersions(s.ID); err != nil {
			return f, err
		}
		f.secrets, f.owners = append(f.secrets, s), append(f.owners, ownerName(s.Place, env, all))
	}
	if len(f.secrets) == 0 {
		return f, lockstep.Errorf(lockstep.CodeNotFound, "%s has no secret %s", env.Name, key)
	}
	return f, nil
}

// slotOfPlace is the slot of the variable whose values a place has.
func slotOfPlace(p lockstep.SecretPlace) string {
	scope, rest, ok := strings.Cut(p.Key, "/")
	switch {
	case !ok:
		return p.Key
	case scope == string(lockstep.ScopeService):
		return rest
	}
	return scope + ":" + rest
}

// isNamed says that a secret is what somebody calls key.
func isNamed(p lockstep.SecretPlace, key string) bool {
	slot := slotOfPlace(p)
	_, _, bare := lockstep.ParseSlot(slot)
	return slot == key || bare == key
}

func inherited(p lockstep.SecretPlace, env lockstep.Environment) bool {
	switch p.Level {
	case lockstep.LevelProject:
		return true
	case lockstep.LevelType:
		return p.Owner == string(env.Type)
	case lockstep.LevelEnvironment:
		return p.Owner == env.ID
	case lockstep.LevelBuiltin, lockstep.LevelParent, lockstep.LevelDeployment:
	}
	return false
}

func ownerName(p lockstep.SecretPlace, env lockstep.Environment, all []lockstep.Environment) string {
	switch p.Level {
	case lockstep.LevelProject:
		return env.Project
	case lockstep.LevelEnvironment:
		for _, e := range all {
			if e.ID == p.Owner {
				return e.Name
			}
		}
	case lockstep.LevelType, lockstep.LevelBuiltin, lockstep.LevelParent, lockstep.LevelDeployment:
	}
	return p.Owner
}

// usedBy are the secrets that revisions of an environment need: those of a
// parent are among them.
func (f found) usedBy(environmentID string) map[string]bool {
	used := map[string]bool{}
	for _, u := range f.places {
		if u.env.ID != environmentID {
			continue
		}
		for _, r := range u.revisions {
			for _, ref := range r.Content.SecretRefs() {
				used[ref.ID] = true
			}
		}
	}
	return used
}

func userOf(tx Tx, env lockstep.Environment) (user, error) {
	u := user{env: env, specs: map[string]lockstep.ServiceSpec{}}
	add := func(id string, role lockstep.SecretRevisionRole) error {
		if id == "" || slices.ContainsFunc(u.revisions, func(r revisionInUse) bool { return r.ID == id }) {
			return nil
		}
		revision, err := tx.Revision(id)
		if err == nil {
			u.revisions = append(u.revisions, revisionInUse{revision, role})
		}
		return err
	}
	if err := add(env.ActiveID, lockstep.RoleRuns); err != nil {
		return u, err
	}
	if err := add(env.ServingID(), lockstep.RoleRuns); err != nil {
		return u, err
	}
	if err := add(env.WarmID, lockstep.RoleWarm); err != nil {
		return u, err
	}
	open, err := tx.OpenOperations(env.ID)
	if err != nil {
		return u, err
	}
	for _, o := range open {
		if o.Kind == lockstep.OperationDeploy {
			if err := add(o.RevisionID, lockstep.RolePending); err != nil {
				return u, err
			}
		}
	}
	for _, r := range u.revisions {
		if err := u.learn(r.Content); err != nil {
			return u, err
		}
	}
	newest, _, err := tx.Deployments(lockstep.DeploymentFilter{EnvironmentID: env.ID}, lockstep.Page{Limit: 1})
	u.deployed = len(newest) > 0
	return u, err
}

// learn notes what the groups of a revision are.
func (u user) learn(content lockstep.RevisionContent) error {
	groups, err := content.Groups()
	for _, g := range groups {
		u.specs[g.ID] = g.Spec
	}
	return err
}

// recall learns the groups of deployments before, the newest first, until
// there is nothing more to know or enough says so: what they have left running
// is in no revision in use.
func (u user) recall(tx Tx, enough func() bool) error {
	page, known := lockstep.Page{Limit: 50}, map[string]bool{}
	for !enough() {
		list, next, err := tx.Deployments(lockstep.DeploymentFilter{EnvironmentID: u.env.ID}, page)
		if err != nil {
			return err
		}
		for _, d := range list {
			if known[d.RevisionID] {
				continue
			}
			known[d.RevisionID] = true
			revision, err := tx.Revision(d.RevisionID)
			if err == nil {
				err = u.learn(revision.Content)
			}
			if err != nil {
				return err
			}
		}
		if page.Cursor = next; next == "" {
			return nil
		}
	}
	return nil
}

// usesOf asks the hosts what runs.
func (c *Control) usesOf(ctx context.Context, f found) ([]lockstep.SecretUse, error) {
	out := make([]lockstep.SecretUse, len(f.secrets))
	for i, s := range f.secrets {
		out[i] = lockstep.SecretUse{Secret: s, Owner: f.owners[i], Versions: []lockstep.SecretVersionUse{}}
		for _, v := range f.values[s.ID] {
			out[i].Versions = append(out[i].Versions, lockstep.SecretVersionUse{
				SecretVersion: v, Instances: []lockstep.SecretInstance{}, Revisions: []lockstep.SecretRevision{},
			})
		}
	}
	for _, u := range f.places {
		for _, r := range u.revisions {
			needs(out, r.Content.SecretRefs(), func(v *lockstep.SecretVersionUse, _ lockstep.SecretRef) {
				v.Revisions = append(v.Revisions, lockstep.SecretRevision{Environment: u.env.Name, Revision: r.Hash, Release: r.Content.Release, Role: r.role})
			})
		}
		if !u.deployed {
			continue
		}
		seen, unreachable := c.observe(ctx, u.env)
		unknown := func() bool {
			return unreachable != "" || slices.ContainsFunc(seen.Instances, func(i lockstep.Instance) bool {
				_, known := u.specs[i.Group]
				return !known
			})
		}
		if unknown() {
			err := c.store.View(ctx, func(tx Tx) error { return u.recall(tx, func() bool { return !unknown() }) })
			if err != nil {
				return nil, err
			}
		}
		if unknown() {
			for i := range out {
				if u.mayUse(out[i].Secret) {
					out[i].Unseen = append(out[i].Unseen, u.env.Name)
				}
			}
			continue
		}
		for _, instance := range seen.Instances {
			spec := u.specs[instance.Group]
			needs(out, spec.SecretRefs(), func(v *lockstep.SecretVersionUse, ref lockstep.SecretRef) {
				v.Instances = append(v.Instances, lockstep.SecretInstance{
					Environment: u.env.Name, Service: instance.Service, Instance: instance.ID, Variables: variablesWith(spec, ref),
				})
			})
		}
	}
	return out, nil
}

// mayUse says that what runs in an environment may have a value of a secret.
func (u user) mayUse(s lockstep.Secret) bool {
	if inherited(s.Place, u.env) {
		return true
	}
	for _, spec := range u.specs {
		if slices.ContainsFunc(spec.SecretRefs(), func(ref lockstep.SecretRef) bool { return ref.ID == s.ID }) {
			return true
		}
	}
	return false
}

// needs finds the values among secrets.
func needs(all []lockstep.SecretUse, refs []lockstep.SecretRef, found func(*lockstep.SecretVersionUse, lockstep.SecretRef)) {
	for _, ref := range refs {
		for i := range all {
			if all[i].Secret.ID != ref.ID {
				continue
			}
			for n := range all[i].Versions {
				if all[i].Versions[n].Version == ref.Version {
					found(&all[i].Versions[n], ref)
				}
			}
		}
	}
}

func variablesWith(spec lockstep.ServiceSpec, ref lockstep.SecretRef) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(spec.SecretEnv)) {
		if slices.Contains(spec.SecretEnv[name].Refs(), ref) {
			out = append(out, name)
		}
	}
	return out
}

// holders names who has a value, for people.
func holders(v lockstep.SecretVersionUse) string {
	var words []string
	for _, i := range v.Instances {
		words = append(words, i.Environment+"/"+i.Instance)
	}
	for _, r := range v.Revisions {
		words = append(words, "revision "+lockstep.ShortHash(r.Revision)+" of "+r.Environment+" ("+string(r.Role)+")")
	}
	const most = 5
	if len(words) > most {
		words = append(words[:most], "…")
	}
	return strings.Join(words, ", ")
}
