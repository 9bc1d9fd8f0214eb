package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// inheritance puts the configurations of a project's environments together
// from what is stored, in one transaction that holds the project. It reads
// one environment's document at a time.
type inheritance struct {
	*Control
	tx           Tx
	by           By
	project      lockstep.Project
	environments []lockstep.Environment
	byID, byName map[string]int         // in environments
	services     []lockstep.ServiceSpec // of the matrix: for which variables are tried out
	own          map[lockstep.VariableOwner][]lockstep.Variable
	passing      map[lockstep.VariableOwner][]lockstep.Variable // of the heirs that a change has come to

	// What the matrix says of an environment now, where that is newer than its
	// newest version.
	matrix map[string]map[string]lockstep.ServiceConfig

	// What the newest versions of parents say of services, while a change is
	// spread: siblings ask for the same one.
	parents map[string]map[string]lockstep.ServiceConfig
}

func (c *Control) inheritance(tx Tx, by By, p lockstep.Project) (*inheritance, error) {
	in := &inheritance{Control: c, tx: tx, by: by, project: p, own: map[lockstep.VariableOwner][]lockstep.Variable{}, passing: map[lockstep.VariableOwner][]lockstep.Variable{}}
	var err error
	if in.environments, err = tx.Environments(p.ID); err != nil {
		return nil, err
	}
	in.byID, in.byName = make(map[string]int, len(in.environments)), make(map[string]int, len(in.environments))
	for i := range in.environments {
		in.byID[in.environments[i].ID], in.byName[in.environments[i].Name] = i, i
	}
	if m, err := matrix.Parse(p.Matrix, "the applied matrix"); err == nil {
		in.services = m.Desired().Services
	}
	return in, nil
}

func (in *inheritance) serviceNames() []string {
	out := make([]string, len(in.services))
	for i, s := range in.services {
		out[i] = s.Name
	}
	return out
}

func ownerOf(env lockstep.Environment) lockstep.VariableOwner {
	return lockstep.VariableOwner{ProjectID: env.ProjectID, Level: lockstep.LevelEnvironment, ID: env.ID}
}

// variables are an owner's, with its name. They are read once.
func (in *inheritance) variables(owner lockstep.VariableOwner) ([]lockstep.Variable, error) {
	if known, ok := in.own[owner]; ok {
		return known, nil
	}
	if known, ok := in.passing[owner]; ok {
		return known, nil
	}
	all, err := in.tx.Variables(owner)
	if err != nil {
		return nil, err
	}
	in.own[owner] = in.owned(owner, all)
	return all, nil
}

func (in *inheritance) owned(owner lockstep.VariableOwner, all []lockstep.Variable) []lockstep.Variable {
	name := in.nameOf(owner)
	for i := range all {
		all[i].Owner = name
	}
	return all
}

func (in *inheritance) nameOf(owner lockstep.VariableOwner) string {
	switch owner.Level {
	case lockstep.LevelProject:
		return in.project.Name
	case lockstep.LevelEnvironment:
		if i, ok := in.byID[owner.ID]; ok {
			return in.environments[i].Name
		}
	case lockstep.LevelBuiltin, lockstep.LevelType, lockstep.LevelParent, lockstep.LevelDeployment:
	}
	return owner.ID
}

// above is what an environment has from the levels above it.
func (in *inheritance) above(env lockstep.Environment) ([]lockstep.Variable, error) {
	var out []lockstep.Variable
	for _, owner := range []lockstep.VariableOwner{
		{ProjectID: in.project.ID, Level: lockstep.LevelProject},
		{ProjectID: in.project.ID, Level: lockstep.LevelType, ID: string(env.Type)},
	} {
		all, err := in.variables(owner)
		if err != nil {
			return nil, err
		}
		out = append(out, all...)
	}
	i, ok := in.byName[env.Spec.Parent]
	if env.Spec.Parent == "" || !ok {
		return out, nil
	}
	return in.ofParent(out, in.environments[i])
}

// ofParent adds what a parent says itself, in the matrix and beside it.
func (in *inheritance) ofParent(out []lockstep.Variable, parent lockstep.Environment) ([]lockstep.Variable, error) {
	services, err := in.servicesOf(parent)
	if err != nil {
		return nil, err
	}
	for name, s := range services {
		for key, value := range s.Env {
			out = append(out, config.FromMatrix(lockstep.LevelParent, parent.Name, name, key, value))
		}
	}
	own, err := in.variables(ownerOf(parent))
	if err != nil {
		return nil, err
	}
	for _, v := range own {
		v.Level = lockstep.LevelParent
		out = append(out, v)
	}
	return out, nil
}

func (in *inheritance) servicesOf(parent lockstep.Environment) (map[string]lockstep.ServiceConfig, error) {
	if services, ok := in.matrix[parent.ID]; ok {
		return services, nil
	}
	if services, ok := in.parents[parent.ID]; ok {
		return services, nil
	}
	latest, err := in.tx.ConfigVersion(parent.ID, 0)
	if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return nil, err
	}
	services := config.Current(latest.Document).Services
	if in.parents != nil {
		in.parents[parent.ID] = services
	}
	return services, nil
}

// document is an environment's configuration as it is stored now: base with
// the variables of every level.
func (in *inheritance) document(env lockstep.Environment, base lockstep.ConfigDocument) (lockstep.ConfigDocument, error) {
	above, err := in.above(env)
	if err != nil {
		return base, err
	}
	own, err := in.variables(ownerOf(env))
	if err != nil {
		return base, err
	}
	base = config.Current(base)
	if services, ok := in.matrix[env.ID]; ok {
		base.Services = services
	}
	base.Variables = append(above, own...)
	if len(base.Variables) == 0 {
		base.Variables = nil
	}
	config.Sort(base.Variables)
	return base, nil
}

// setting is what an environment's document is tried out for.
func setting(env lockstep.Environment, number int64) config.Setting {
	return config.Setting{Project: env.Project, Environment: env.Name, Type: env.Type, Number: number}
}

func (in *inheritance) problems(env lockstep.Environment, doc lockstep.ConfigDocument) []config.Problem {
	_, out := config.Resolve(doc, in.services, setting(env, 0))
	return out
}

// fresh are the problems that were not there before.
func fresh(before, after []config.Problem) []config.Problem {
	type known struct{ field, message string }
	old := make(map[known]bool, len(before))
	for _, p := range before {
		old[known{p.Field, p.Message}] = true
	}
	return slices.DeleteFunc(slices.Clone(after), func(p config.Problem) bool { return old[known{p.Field, p.Message}] })
}

// version records the document that follows an environment's newest version,
// where it is another one. made is nil where it is not.
func (in *inheritance) version(env lockstep.Environment, latest lockstep.ConfigVersion, doc lockstep.ConfigDocument, message string) (made *lockstep.ConfigVersion, err error) {
	hash, err := lockstep.Hash(doc)
	if err != nil || hash == latest.Hash {
		return nil, err
	}
	v := lockstep.ConfigVersion{
		ID: in.newID(), EnvironmentID: env.ID, Number: latest.Number + 1, Document: doc, Hash: hash,
		Author: in.by.Actor, Message: message, CreatedAt: in.now(),
	}
	if err := in.tx.AddConfigVersion(v); err != nil {
		return nil, err
	}
	data := map[string]any{"environment": env.Name, "number": v.Number, "message": message}
	if paths := changedPaths(config.Diff(latest.Document, doc)); len(paths) > 0 && latest.Number > 0 {
		data["changes"] = paths
	}
	return &v, in.event(in.tx, lockstep.EventConfigVersionCreated, env.ProjectID, env.ID, "", in.by, data)
}

// changedPaths names what changed, never to what, and not more than a person
// reads.
func changedPaths(changes []lockstep.ConfigChange) []string {
	const most = 20
	var out []string
	for i, c := range changes {
		if i == most {
			return append(out, fmt.Sprintf("and %d more", len(changes)-most))
		}
		out = append(out, c.Path)
	}
	return out
}

// heirs are the environments that inherit from an owner.
func (in *inheritance) heirs(owner lockstep.VariableOwner) (out []lockstep.Environment) {
	for _, env := range in.environments {
		switch owner.Level {
		case lockstep.LevelProject:
			out = append(out, env)
		case lockstep.LevelType:
			if string(env.Type) == owner.ID {
				out = append(out, env)
			}
		case lockstep.LevelEnvironment:
			if env.Spec.Parent != "" && env.Spec.Parent == in.nameOf(owner) {
				out = append(out, env)
			}
		case lockstep.LevelBuiltin, lockstep.LevelParent, lockstep.LevelDeployment:
		}
	}
	return out
}

// write makes the rows of an owner say what own says.
func (in *inheritance) write(owner lockstep.VariableOwner, own []lockstep.Variable) (changed []string, err error) {
	before, err := in.variables(owner)
	if err != nil {
		return nil, err
	}
	old := make(map[string]lockstep.Variable, len(before))
	for _, v := range before {
		old[v.Slot()] = v
	}
	for _, v := range own {
		was, exists := old[v.Slot()]
		delete(old, v.Slot())
		if exists {
			if same, err := equal(was, v); err != nil || same {
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		if err := in.tx.PutVariable(in.newID(), owner, v); err != nil {
			return nil, err
		}
		changed = append(changed, v.Slot())
	}
	for slot, v := range old {
		if err := in.tx.DeleteVariable(owner, v); err != nil {
			return nil, err
		}
		changed = append(changed, slot)
	}
	in.own[owner] = own
	slices.Sort(changed)
	return changed, nil
}

// changeMessage is what a version's message says where nobody wrote one.
func changeMessage(description, whose string, changed, sections []string) string {
	if description != "" {
		return description
	}
	var said []string
	if len(changed) > 0 {
		said = append(said, named("variable", changed))
	}
	if len(sections) > 0 {
		said = append(said, named("section", sections))
	}
	return strings.TrimSpace(whose + " " + strings.Join(said, "; "))
}

// named is a noun with names, not more than a person reads.
func named(noun string, names []string) string {
	const most = 5
	text := strings.Join(names[:min(len(names), most)], ", ")
	if n := len(names) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	if len(names) > 1 {
		noun += "s"
	}
	return noun + " " + text
}
