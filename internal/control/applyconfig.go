package control

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// settled is an environment that was recorded, and what the file says of its
// services.
type settled struct {
	env    lockstep.Environment
	latest lockstep.ConfigVersion // zero: it is new
	said   lockstep.ConfigDocument
}

// settle notes that an environment's configuration is to be put together when
// all environments of the file are recorded: it may inherit from any of them.
func (a *apply) settle(env lockstep.Environment, latest lockstep.ConfigVersion, said lockstep.ConfigDocument) {
	a.settled = append(a.settled, settled{env, latest, said})
}

// configure records what the file says of services together with the
// variables and sections that were set beside it, which no file drops.
func (a *apply) configure() error {
	in, err := a.inheritance(a.tx, a.by, a.project)
	if err != nil {
		return err
	}
	in.services = a.desired.Services
	in.matrix = make(map[string]map[string]lockstep.ServiceConfig, len(a.settled))
	for _, s := range a.settled {
		in.matrix[s.env.ID] = s.said.Services
	}
	message := fmt.Sprintf("matrix version %d", a.project.MatrixVersion+1)
	for _, s := range a.settled {
		if err := a.configureOne(in, s, message); err != nil {
			return within(err, "environment "+s.env.Name)
		}
	}
	return a.heirs(in, message)
}

func (a *apply) configureOne(in *inheritance, s settled, message string) error {
	doc, err := in.document(s.env, s.latest.Document)
	if err != nil {
		return err
	}
	var refused []lockstep.Problem
	for _, p := range fresh(in.problems(s.env, s.latest.Document), in.problems(s.env, doc)) {
		if !p.Missing {
			refused = append(refused, p.Problem)
		}
	}
	if len(refused) > 0 {
		return config.Unfit("its variables do not fit together", refused)
	}
	made, err := in.version(s.env, s.latest, doc, message)
	if err == nil && made != nil && s.latest.Number > 0 && !slices.Contains(a.changed, s.env.Name) {
		a.changed = append(a.changed, s.env.Name)
	}
	return err
}

// heirs are the environments that this run has not recorded and that inherit
// from one that it has.
func (a *apply) heirs(in *inheritance, message string) error {
	done, heirs := map[string]bool{}, map[string]lockstep.Environment{}
	for _, s := range a.settled {
		done[s.env.ID] = true
		for _, env := range in.heirs(ownerOf(s.env)) {
			heirs[env.ID] = env
		}
	}
	maps.DeleteFunc(heirs, func(id string, _ lockstep.Environment) bool { return done[id] })
	out, err := in.spread(slices.Collect(maps.Values(heirs)), message)
	if err == nil && len(out.refused) > 0 {
		return config.Unfit("what other environments inherit does not fit together", out.refused)
	}
	return err
}
