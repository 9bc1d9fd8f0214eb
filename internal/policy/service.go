package policy

import (
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// enabled: what is switched off is not switched off again.
func enabled(q Question) *Reason {
	if q.Environment == nil || q.Environment.Enabled(q.Service) {
		return nil
	}
	return reason(ReasonState, "%s is disabled already", q.Service)
}

func disabled(q Question) *Reason {
	if q.Environment == nil || !q.Environment.Enabled(q.Service) {
		return nil
	}
	return reason(ReasonState, "%s is not disabled", q.Service)
}

// notNeeded refuses to take from services what they call.
func notNeeded(q Question) *Reason {
	if q.Environment == nil || q.Force {
		return nil
	}
	if _, ours := q.offers(q.Service); !ours {
		return nil // a dependency that we only check: it goes on running
	}
	var by []string
	for _, s := range q.Offers {
		if slices.Contains(s.DependsOn, q.Service) && q.Environment.Enabled(s.Name) {
			by = append(by, s.Name)
		}
	}
	if len(by) == 0 {
		return nil
	}
	return reason(ReasonNeeded, "%s depends on it: disable that first, or force it (--force)", strings.Join(by, ", "))
}

// notTheOnlyWay refuses to leave users nothing, for which there are better ways.
func notTheOnlyWay(q Question) *Reason {
	if q.Environment == nil || q.Force {
		return nil
	}
	if s, ours := q.offers(q.Service); !ours || len(s.Routes) == 0 {
		return nil
	}
	for _, s := range q.Offers {
		if s.Name != q.Service && len(s.Routes) > 0 && q.Environment.Enabled(s.Name) {
			return nil
		}
	}
	return reason(ReasonOnlyRoute, "users reach nothing else there: begin a maintenance (lockstep maintenance on %[1]s) or stop it (lockstep stop %[1]s), or force it (--force)", q.Environment.Name)
}

// supplied refuses to start what calls something that is switched off.
func supplied(q Question) *Reason {
	if q.Environment == nil || q.Force {
		return nil
	}
	s, _ := q.offers(q.Service)
	var off []string
	for _, dep := range s.DependsOn {
		if _, ours := q.offers(dep); ours && !q.Environment.Enabled(dep) {
			off = append(off, dep)
		}
	}
	if len(off) == 0 {
		return nil
	}
	return reason(ReasonNeeded, "it depends on %s, which is disabled: enable that first, or force it (--force)", strings.Join(off, ", "))
}

func (q Question) offers(service string) (lockstep.ServiceSpec, bool) {
	i := slices.IndexFunc(q.Offers, func(s lockstep.ServiceSpec) bool { return s.Name == service })
	if i < 0 {
		return lockstep.ServiceSpec{}, false
	}
	return q.Offers[i], true
}
