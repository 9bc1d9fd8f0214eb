package agent

import (
	"maps"

	"github.com/lockstep-dev/lockstep"
)

// allowLive takes the epoch of a routing that asks for its project's live
// address: it is the highest from now on, or somebody has moved the address
// since. An epoch belongs to one environment, so that of two who move it from
// the same state one is refused.
func (s *state) allowLive(env string, r *lockstep.Routing) error {
	if r == nil || !r.Live {
		return nil
	}
	known := s.Live[r.Project]
	switch {
	case r.LiveEpoch < known.Epoch, r.LiveEpoch == known.Epoch && known.Epoch > 0 && known.Environment != env:
		return lockstep.Errorf(lockstep.CodeFenced, "epoch %d of %s is over: the address was given to environment %s under epoch %d; look who is current (lockstep current) and switch again",
			r.LiveEpoch, lockstep.LiveHost(r.Project), known.Environment, known.Epoch)
	case r.LiveEpoch == known.Epoch:
		return nil
	}
	s.Live = maps.Clone(s.Live)
	if s.Live == nil {
		s.Live = map[string]liveClaim{}
	}
	s.Live[r.Project] = liveClaim{r.LiveEpoch, env}
	return nil
}
