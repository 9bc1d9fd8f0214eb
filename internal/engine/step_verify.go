package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// verify proves a revision at its level; docs/deploying.md says what each
// level checks. All checks of the level are made, so that whoever reads the
// step sees everything that is wrong at once; only instances that are not
// there, or not stable, end it before the rest.
func verify(ctx context.Context, e effect) (string, error) {
	v := verification{effect: e}
	var err error
	if v.content, v.groups, err = e.groups(ctx, e.step.Do.Revision); err != nil {
		return "", err
	}
	v.routes = routes(v.content, v.groups)
	checks := []func(context.Context) error{v.infrastructure, v.applications}
	switch e.step.Do.Level {
	case lockstep.ValidationComprehensive:
		checks = append(checks, v.networking, v.security, v.monitoring)
	case lockstep.ValidationStandard:
		checks = append(checks, v.networking)
	case lockstep.ValidationBasic:
	default:
		return "", lockstep.Errorf(lockstep.CodeUnsupported, "validation level %q is not one of basic, standard, comprehensive", e.step.Do.Level)
	}
	for _, check := range checks {
		if err := check(ctx); err != nil {
			return "", err
		}
		if v.unstable {
			break
		}
	}
	return v.verdict()
}

// verification collects what was found, a line for each of B's five areas.
type verification struct {
	effect
	content  lockstep.Revision
	groups   []lockstep.Group
	routes   lockstep.RevisionRoutes
	before   lockstep.RevisionStats // when the watch began
	unstable bool
	lines    []string
	problems []lockstep.Problem
}

func (v *verification) found(area, format string, args ...any) {
	v.lines = append(v.lines, area+": "+fmt.Sprintf(format, args...))
}

func (v *verification) wrong(area, format string, args ...any) {
	v.problems = append(v.problems, lockstep.Problem{Field: area, Message: fmt.Sprintf(format, args...)})
}

// verdict tells what was proved, also where something else was not.
func (v *verification) verdict() (string, error) {
	proved := strings.Join(v.lines, "\n")
	if len(v.problems) == 0 {
		return proved, nil
	}
	message := fmt.Sprintf("%s (revision %s) did not pass %s validation", v.routes.Release, v.routes.Hash, v.step.Do.Level)
	return proved, &lockstep.Error{Code: lockstep.CodeFailed, Message: message, Problems: v.problems}
}

// infrastructure: what runs the environment answers, and has all of it.
func (v *verification) infrastructure(ctx context.Context) error {
	began := v.now()
	instances, err := v.instances(ctx)
	if err != nil {
		return err
	}
	runtimeTook, began := v.now().Sub(began), v.now()
	routing, err := v.router.Get(ctx, v.environment.ID)
	if err != nil {
		return err
	}
	routerTook := v.now().Sub(began)
	stats, err := v.router.Stats(ctx, v.environment.ID)
	if err != nil {
		return err
	}
	v.before = stats[v.routes.Revision]
	known := false
	for _, r := range routing.Revisions {
		known = known || r.Revision == v.routes.Revision
	}
	if !known {
		v.wrong("infrastructure", "the router does not know the revision: deploy again")
	}
	there := 0
	for _, g := range v.groups {
		switch {
		case v.replicas(g) == 0 || hasGroup(instances, g.ID):
			there++
		default:
			v.wrong("infrastructure", "%s has no instance", g.ID)
		}
	}
	v.found("infrastructure", "%s runtime answered in %s, router in %s; %d of %s in place",
		v.environment.Spec.Runtime, short(runtimeTook), short(routerTook), there, count(len(v.groups), "service"))
	return nil
}

// replicas is how many instances of a group there have to be.
func (v *verification) replicas(g lockstep.Group) int {
	wanted := v.environment.ReplicasOf(g.Service)
	if v.step.Do.Partial {
		return min(wanted, 1)
	}
	return wanted
}

func hasGroup(instances []lockstep.Instance, group string) bool {
	for _, i := range instances {
		if i.Group == group {
			return true
		}
	}
	return false
}

func short(d time.Duration) string { return d.Round(100 * time.Microsecond).String() }
