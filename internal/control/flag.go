package control

import (
	"context"
	"strings"
	"sync"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/flag"
)

// Flags are an environment's feature flags: those of the revision that
// serves, or of the newest configuration where nothing runs. So they are
// deployed, and taken back, with everything else.
func (c *Control) Flags(ctx context.Context, project, ref string) (flag.Set, error) {
	return view(ctx, c, func(tx Tx) (flag.Set, error) {
		env, err := flagged(tx, project, ref)
		if err != nil {
			return flag.Set{}, err
		}
		if id := env.ServingID(); id != "" {
			return c.flags.of(id, func() (map[string]string, error) {
				revision, err := tx.Revision(id)
				return revision.Content.Flags, err
			})
		}
		newest, err := tx.ConfigVersion(env.ID, 0)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound {
			return flag.Set{}, nil
		} else if err != nil {
			return flag.Set{}, err
		}
		return c.flags.of(newest.ID, func() (map[string]string, error) { return config.Flags(newest.Document) })
	})
}

// flagged finds an environment for a program whose only word is the base URL:
// where there are several projects and none is called default, a name is of
// the one that has it, if no other one has, too.
func flagged(tx Tx, projectName, ref string) (lockstep.Environment, error) {
	env, err := environment(tx, projectName, ref)
	if projectName != "" || err == nil {
		return env, err
	}
	projects, unread := tx.Projects()
	if unread != nil {
		return env, unread
	}
	var found []lockstep.Environment
	for _, p := range projects {
		one, missing := tx.Environment(p.ID, ref)
		if missing == nil {
			found = append(found, one)
		} else if lockstep.CodeOf(missing) != lockstep.CodeNotFound {
			return env, missing
		}
	}
	switch len(found) {
	case 0:
		return env, err
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i, one := range found {
		names[i] = one.Project
	}
	return env, lockstep.Errorf(lockstep.CodeConflict, "several projects have an environment %s (%s): say which one is meant: /api/system/projects/%s/environments/%s", ref, strings.Join(names, ", "), names[0], ref)
}

// flagSets keeps the compiled flags of what cannot change: of revisions and
// config versions, by ID.
type flagSets struct {
	mu   sync.Mutex
	sets map[string]flag.Set
}

// maxFlagSets is more than the environments that are asked about often; beyond
// it all are forgotten, and compiled again.
const maxFlagSets = 500

func (s *flagSets) of(id string, read func() (map[string]string, error)) (flag.Set, error) {
	s.mu.Lock()
	set, ok := s.sets[id]
	s.mu.Unlock()
	if ok {
		return set, nil
	}
	flags, err := read()
	if err != nil {
		return flag.Set{}, err
	}
	// What is wrong with a flag was said when it was written; one from before
	// that is not there.
	set, _ = flag.Compile(flags)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sets == nil || len(s.sets) >= maxFlagSets {
		s.sets = map[string]flag.Set{}
	}
	s.sets[id] = set
	return set, nil
}
