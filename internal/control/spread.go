package control

import "github.com/lockstep-dev/lockstep"

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
	in.parents = map[string]map[string]lockstep.ServiceConfig{}
	defer func() { in.parents = nil; clear(in.passing) }()
	unknown := map[string]int{}
	var all []lockstep.Problem
	var stored map[string]lockstep.ConfigVersion
	for i, env := range heirs {
		if i%heirsAtOnce == 0 {
			if stored, err = in.read(heirs[i:min(i+heirsAtOnce, len(heirs))]); err != nil {
				return out, err
			}
		}
		latest, ok := stored[env.ID]
		if !ok {
			return out, lockstep.Errorf(lockstep.CodeNotFound, "environment %s has no configuration yet", env.Name)
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

// heirsAtOnce is how many environments are read together: enough that the
// questions do not count, few enough to lie in memory.
const heirsAtOnce = 32

// read reads what some environments store. Their variables are kept until the
// next are read.
func (in *inheritance) read(some []lockstep.Environment) (map[string]lockstep.ConfigVersion, error) {
	ids := make([]string, len(some))
	var unread []string
	for i, env := range some {
		ids[i] = env.ID
		if _, known := in.own[ownerOf(env)]; !known {
			unread = append(unread, env.ID)
		}
	}
	own, err := in.tx.VariablesOf(in.project.ID, lockstep.LevelEnvironment, unread)
	if err != nil {
		return nil, err
	}
	clear(in.passing)
	for _, id := range unread {
		owner := lockstep.VariableOwner{ProjectID: in.project.ID, Level: lockstep.LevelEnvironment, ID: id}
		in.passing[owner] = in.owned(owner, own[id])
	}
	return in.tx.NewestConfigVersions(ids)
}
