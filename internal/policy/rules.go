package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// A rule is nil where it has nothing to say.
type rule func(Question) *Reason

// rules says which are asked of which action, the plainest first.
var rules = map[Action][]rule{
	Read:           {known},
	Apply:          {known},
	ReleaseCreate:  {known},
	Deploy:         {known, exists, serving, staying, settled, strategyAllowed, recipeAllowed, strategyBuilt, runtimeBuilt, services, secretsThere, forceable(prerequisites), rolledBack, approval},
	Configure:      {known, exists, kept, staying},
	ConfigureAbove: {known},
	Reveal:         {known, exists},
	Promote: {
		known, exists, serving, staying, settled, somethingUpstream, otherRelease,
		proof(stageBefore), proof(upstreamActive), proof(upstreamValidated), proof(upstreamHealthy),
		forceable(prerequisites), strategyAllowed, recipeAllowed, strategyBuilt, runtimeBuilt, services, secretsThere, rolledBack, approval,
	},
	Rollback:       {known, exists, serving, staying, settled, latest, undoneOnce, somethingBefore, strategyBuilt, runtimeBuilt, secretsThere, rolledBack, emergency},
	Restore:        {known, exists, serving, staying, settled, otherThanNow, strategyBuilt, runtimeBuilt, secretsThere, rolledBack, emergency},
	Approve:        {known, waiting, inTime, oneSwitch, unmoved, unreplaced, undiminished, secretsThere},
	Reschedule:     {known, unbegun},
	Reject:         {known, waiting},
	Cancel:         {known, cancellable},
	Pause:          {known, pausable},
	Resume:         {known, pausing},
	Destroy:        {known, exists, destroyedOnce, settled},
	Stop:           {known, exists, serving, staying, settled, stoppable},
	Start:          {known, exists, serving, staying, settled, startable, runtimeBuilt, secretsThere},
	Scale:          {known, exists, kept, staying, settled, runtimeBuilt, secretsThere},
	EnableService:  {known, exists, kept, staying, settled, disabled, supplied, runtimeBuilt, secretsThere},
	DisableService: {known, exists, kept, staying, settled, enabled, notNeeded, notTheOnlyWay, runtimeBuilt},
	MaintenanceOn:  {known, exists, kept, staying, settled, maintainable, runtimeBuilt},
	MaintenanceOff: {known, exists, kept, staying, settled, maintained, runtimeBuilt},
	Archive:        {known, exists, staying, archivable},
	Unarchive:      {known, exists, staying, archived},
	Switch:         {known, exists, notCurrent, oneSwitch, unmoved, unreplaced, undiminished, serving, staying, takesOver, samePlace, rolledBack, secretsThere, ready, runtimeBuilt, switchApproval},
	Schedule:       {known, exists, kept, staying},
	Sync:           {known, exists, kept, staying},
	Retire:         {exists, settled},
	RotateKeys:     {known},
	RevokeSecret:   {known},
}

func reason(code ReasonCode, format string, args ...any) *Reason {
	return &Reason{Code: code, Message: fmt.Sprintf(format, args...)}
}

func noSuchAction(q Question) *Reason {
	return reason(ReasonUnknownAction, "there is no rule for %q", q.Action)
}

func known(q Question) *Reason {
	if q.Actor != "" {
		return nil
	}
	return reason(ReasonUnknownActor, "nobody is known to ask for it: send a token")
}

func exists(q Question) *Reason {
	if q.Environment != nil {
		return nil
	}
	return reason(ReasonNoEnvironment, "the environment does not exist")
}

// kept refuses where the environment is there for its history only.
func kept(q Question) *Reason {
	if q.Environment == nil || q.Environment.Status != lockstep.EnvironmentArchived {
		return nil
	}
	return reason(ReasonArchived, "%s is archived: unarchive it first", q.Environment.Name)
}

// serving refuses where the environment takes no deployments (ADR 1).
func serving(q Question) *Reason {
	if q.Environment == nil {
		return nil
	}
	if q.Environment.Status == lockstep.EnvironmentMaintenance {
		return reason(ReasonMaintenance, "%s is in maintenance: end the maintenance first", q.Environment.Name)
	}
	return kept(q)
}

func staying(q Question) *Reason {
	if q.Destroying == "" || q.Environment == nil {
		return nil
	}
	return reason(ReasonBeingDestroyed, "%s is being destroyed by operation %s", q.Environment.Name, q.Destroying)
}

func destroyedOnce(q Question) *Reason {
	if q.Claimed {
		return nil
	}
	return staying(q)
}

func strategyAllowed(q Question) *Reason {
	if q.Environment == nil || q.Environment.Spec.Strategy.Allows(q.Strategy) {
		return nil
	}
	spec := q.Environment.Spec.Strategy
	allowed := append([]lockstep.Strategy{spec.Primary}, spec.Alternatives...)
	return reason(ReasonStrategyForbidden, "strategy %s is not allowed there (allowed: %s)", q.Strategy, list(allowed))
}

// recipeAllowed refuses a recipe that the environment has come to name no
// more. One that reads otherwise by now goes as it was when it was asked for.
func recipeAllowed(q Question) *Reason {
	if q.Environment == nil || q.Recipe == nil {
		return nil
	}
	named := q.Environment.Spec.Strategy.Recipes
	if slices.ContainsFunc(named, func(r lockstep.Recipe) bool { return r.Name == q.Recipe.Name }) {
		return nil
	}
	return reason(ReasonStrategyForbidden, "%s does not name recipe %s any more: deploy again", q.Environment.Name, q.Recipe.Name)
}

func strategyBuilt(q Question) *Reason {
	if slices.Contains(q.Built.Strategies, q.Strategy) {
		return nil
	}
	return reason(ReasonStrategyNotBuilt, "strategy %s is not built into this server (built: %s)", q.Strategy, list(q.Built.Strategies))
}

func runtimeBuilt(q Question) *Reason {
	if q.Environment == nil || slices.Contains(q.Built.Runtimes, q.Environment.Spec.Runtime) {
		return nil
	}
	return reason(ReasonRuntimeNotBuilt, "runtime %s is not built into this server (built: %s)", q.Environment.Spec.Runtime, list(q.Built.Runtimes))
}

// services refuses what would leave the environment without something that
// it is meant to run, or with something that its runtime cannot.
func services(q Question) *Reason {
	if q.Environment == nil || q.Target == nil {
		return nil
	}
	if len(q.Target.Services) == 0 {
		return reason(ReasonNoServices, "release %s has no services: add some to the matrix, apply it, and make a new release", q.Target.Release)
	}
	has := map[string]bool{}
	for _, s := range q.Target.Services {
		has[s.Name] = true
	}
	var missing []string
	for name, replicas := range q.Environment.Spec.Replicas {
		if replicas > 0 && !has[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return reason(ReasonServiceMissing, "release %s has no service %s, which the matrix wants in %s: make a new release, or take it out of the matrix",
			q.Target.Release, strings.Join(missing, ", "), q.Environment.Name)
	}
	return runnable(q)
}

func runnable(q Question) *Reason {
	for _, s := range q.Target.Services {
		switch q.Environment.Spec.Runtime {
		case lockstep.RuntimeProcess:
			if len(s.Command) == 0 {
				return reason(ReasonServiceIncomplete, "service %s of release %s has no command, which the process runtime needs: add one to the matrix and make a new release", s.Name, q.Target.Release)
			}
		case lockstep.RuntimeDocker, lockstep.RuntimeKubernetes:
			if s.Image == "" {
				return reason(ReasonServiceIncomplete, "service %s of release %s has no image, which the %s runtime needs: add one to the matrix and make a new release", s.Name, q.Target.Release, q.Environment.Spec.Runtime)
			}
		}
	}
	return nil
}

func list[S ~string](items []S) string {
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = string(item)
	}
	return strings.Join(words, ", ")
}
