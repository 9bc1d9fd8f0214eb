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
	services     []lockstep.ServiceSpec // of the matrix: for which variables are tried out
	own          map[lockstep.VariableOwner][]lockstep.Variable

	// What the matrix says of an environment now, where that is newer than its
	// newest version.
	matrix map[string]map[string]lockstep.ServiceConfig
}

func (c *Control) inheritance(tx Tx, by By, p lockstep.Project) (*inheritance, error) {
	in := &inheritance{Control: c, tx: tx, by: by, project: p, own: map[lockstep.VariableOwner][]lockstep.Variable{}}
	var err error
	if in.environments, err = tx.Environments(p.ID); err != nil {
		return nil, err
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
	all, err := in.tx.Variables(owner)
	if err != nil {
		return nil, err
	}
	name := in.nameOf(owner)
	for i := range all {
		all[i].Owner = name
	}
	in.own[owner] = all
	return all, nil
}

func (in *inheritance) nameOf(owner lockstep.VariableOwner) string {
	switch owner.Level {
	case lockstep.LevelProject:
		return in.project.Name
	case lockstep.LevelEnvironment:
		for _, e := range in.environments {
			if e.ID == owner.ID {
				return e.Name
			}
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
	i := slices.IndexFunc(in.environments, func(e lockstep.Environment) bool { return e.Name == env.Spec.Parent })
	if env.Spec.Parent == "" || i < 0 {
		return out, nil
	}
	return in.ofParent(out, in.environments[i])
}

// ofParent adds what a parent says itself, in the matrix and beside it.
func (in *inheritance) ofParent(out []lockstep.Variable, parent lockstep.Environment) ([]lockstep.Variable, error) {
	services, ok := in.matrix[parent.ID]
	if !ok {
		latest, err := in.tx.ConfigVersion(parent.ID, 0)
		if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
			return nil, err
		}
		services = config.Current(latest.Document).Services
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

// outcome is what a change of somebody's variables did to the environments
// that inherit them.
type outcome struct {
	made     []lockstep.ConfigVersionMade
	refused  []lockstep.Problem // what is wrong now and was not before
	warnings []lockstep.Problem
}

// spread makes the new version of each environment that inherits from an owner
// and whose document changes by it.
func (in *inheritance) spread(heirs []lockstep.Environment, message string) (out outcome, err error) {
	unknown := map[string]int{}
	var all []lockstep.Problem
	for _, env := range heirs {
		latest, err := in.tx.ConfigVersion(env.ID, 0)
		if err != nil {
			return out, err
		}
		doc, err := in.document(env, latest.Document)
		if err != nil {
			return out, err
		}
		for _, p := range fresh(in.problems(env, latest.Document), in.problems(env, doc)) {
			told := p.Problem
			told.Message = env.Name + ": " + told.Message
			switch {
			case p.Unknown:
				unknown[p.Field+p.Message]++
				if unknown[p.Field+p.Message] == len(heirs) {
					told.Message = p.Message
					all = append(all, told)
				}
				out.warnings = append(out.warnings, told)
			case p.Missing:
				out.warnings = append(out.warnings, told)
			default:
				out.refused = append(out.refused, told)
			}
		}
		made, err := in.version(env, latest, doc, message)
		if err != nil {
			return out, err
		}
		if made != nil {
			out.made = append(out.made, lockstep.ConfigVersionMade{Environment: env.Name, Number: made.Number})
		}
	}
	// What no environment knows is mistyped.
	out.refused = append(out.refused, all...)
	return out, nil
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
