package control

import (
	"strings"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
)

// project finds a project by name; without a name it is the only one, or
// else the one called default.
func project(tx Tx, name string) (lockstep.Project, error) {
	if name != "" {
		p, err := tx.Project(name)
		if lockstep.CodeOf(err) != lockstep.CodeNotFound {
			return p, err
		}
	}
	all, err := tx.Projects()
	if err != nil {
		return lockstep.Project{}, err
	}
	names := make([]string, len(all))
	for i, p := range all {
		if name == "" && (len(all) == 1 || p.Name == lockstep.DefaultProject) {
			return p, nil
		}
		names[i] = p.Name
	}
	switch {
	case len(all) == 0:
		return lockstep.Project{}, lockstep.Errorf(lockstep.CodeNotFound, "there is no project yet: apply a matrix first (lockstep apply -f environment-matrix.yaml)")
	case name == "":
		return lockstep.Project{}, lockstep.Errorf(lockstep.CodeNotFound, "there are several projects and none is called %s: name one with --project (?project=): %s", lockstep.DefaultProject, strings.Join(names, ", "))
	}
	return lockstep.Project{}, notFound("project", name, names)
}

// environment finds an environment by ID, in whatever project, or by name.
func environment(tx Tx, projectName, idOrName string) (lockstep.Environment, error) {
	if _, err := uuid.Parse(idOrName); err == nil && projectName == "" {
		env, err := tx.Environment("", idOrName)
		if lockstep.CodeOf(err) != lockstep.CodeNotFound {
			return env, err
		}
	}
	p, err := project(tx, projectName)
	if err != nil {
		return lockstep.Environment{}, err
	}
	env, err := tx.Environment(p.ID, idOrName)
	if lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return env, err
	}
	all, listErr := tx.Environments(p.ID)
	if listErr != nil {
		return lockstep.Environment{}, listErr
	}
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.Name
	}
	return lockstep.Environment{}, notFound("environment", idOrName, names)
}

// notFound names what is missing and what may have been meant.
func notFound(noun, name string, names []string) *lockstep.Error {
	err := lockstep.Errorf(lockstep.CodeNotFound, "%s %q does not exist", noun, name)
	if near := nearest(name, names); near != "" {
		err.Message += ": did you mean " + near + "?"
		err.Problems = []lockstep.Problem{{Field: noun, Message: "does not exist", Suggestion: near}}
	} else if len(names) > 0 {
		err.Message += " (there are: " + strings.Join(names, ", ") + ")"
	} else {
		err.Message += ": there is none yet"
	}
	return err
}

// nearest is the name that a person most likely meant: at most a third of it
// mistyped, or begun with what was written.
func nearest(name string, names []string) string {
	if len(name) > 64 { // far from everything
		return ""
	}
	best, distance := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		d := lockstep.EditDistance(strings.ToLower(name), candidate)
		if len(name) >= 3 && strings.HasPrefix(candidate, strings.ToLower(name)) {
			d = 0
		}
		if d < distance && d < len(candidate) {
			best, distance = candidate, d
		}
	}
	return best
}
