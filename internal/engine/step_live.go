package engine

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// validateLive proves that the environment could take the live address over:
// it is routed, nothing keeps requests from it, and all of its services are
// ready.
func validateLive(ctx context.Context, e effect) (string, error) {
	revision, err := e.revision(ctx, e.step.Do.Revision)
	if err != nil {
		return "", err
	}
	instances, err := e.instances(ctx)
	if err != nil {
		return "", err
	}
	name := e.environment.Name
	unready, err := revision.Content.Unready(instances, e.wantedLive)
	if err != nil {
		return "", err
	}
	routing, err := e.router.Get(ctx, e.environment.ID)
	switch {
	case err != nil:
		return "", err
	case len(unready) > 0:
		return "", lockstep.Errorf(lockstep.CodeConflict, "%s is not ready: %s", name, strings.Join(unready, "; "))
	case weight(routing.Splits, revision.ID) == 0:
		return "", lockstep.Errorf(lockstep.CodeConflict, "the router leads no requests to %s in %s: deploy it again", revision.Content.Release, name)
	case routing.Maintenance != nil || routing.HoldFor > 0:
		return "", lockstep.Errorf(lockstep.CodeConflict, "the router keeps requests from %s: end its maintenance, or its deployment, first", name)
	}
	from := "from " + e.step.Do.Live.From
	if e.step.Do.Live.FromID == "" {
		from = "from nowhere: there is no other environment to return to"
	}
	text := fmt.Sprintf("%s runs %s, all services ready; %s", name, revision.Content.Release, from)
	if off := revision.Content.Off(e.environment); len(off) > 0 {
		text = fmt.Sprintf("%s runs %s, all services ready but what is disabled (%s); %s", name, revision.Content.Release, strings.Join(off, ", "), from)
	}
	if left := e.hooksLeftOut(); left != "" {
		text += "; a drill runs no hooks: " + left
	}
	return text, nil
}

// wantedLive is how many instances of a service a switch wants to see. What
// was asked for counts where nothing has been disabled, enabled, scaled or
// started since: a switch may have waited for its turn, or for an approval.
func (e effect) wantedLive(service string) int {
	if !e.environment.Enabled(service) {
		return 0
	}
	if n, ok := e.environment.Scaled[service]; ok {
		return n
	}
	if n, ok := e.operation.Replicas[service]; ok {
		return n
	}
	return e.environment.ReplicasOf(service)
}

// hooksLeftOut are those that a switch would run and its drill does not.
func (e effect) hooksLeftOut() string {
	if !e.step.Do.Live.Drill {
		return ""
	}
	var names []string
	for _, h := range e.environment.Spec.Hooks {
		if h.Stage.OfSwitch() {
			names = append(names, h.Name)
		}
	}
	return strings.Join(names, ", ")
}

// moveLive gives the address to an environment, in one change of one routing:
// of all that ask for it the one with the highest epoch has it. Requests in
// flight go on where they are.
func moveLive(ctx context.Context, e effect) (string, error) {
	to := e.step.Do.Live
	routing, err := e.ask(ctx, to.ToID, to.To, func(r *lockstep.Routing) {
		if to.Drill {
			r.Drill = true
			return
		}
		r.Live, r.LiveEpoch = true, to.Epoch
	})
	if err != nil {
		return "", err
	}
	if to.Drill {
		return fmt.Sprintf("%s leads to %s; %s stays where it is", lockstep.DrillHost(routing.Project), to.To, lockstep.LiveHost(routing.Project)), nil
	}
	return fmt.Sprintf("new requests to %s go to %s (epoch %d)", lockstep.LiveHost(routing.Project), to.To, to.Epoch), nil
}

// settleLive ends a claim that another has overtaken, or a drill's.
func settleLive(ctx context.Context, e effect) (string, error) {
	from := e.step.Do.Live
	routing, err := e.router.Get(ctx, from.FromID)
	if err != nil {
		return "", err
	}
	if routing.Environment == "" {
		return from.From + " asks for no address", nil
	}
	_, err = e.ask(ctx, from.FromID, from.From, func(r *lockstep.Routing) {
		if from.Drill {
			r.Drill = false
			return
		}
		r.Live, r.LiveEpoch = false, 0
	})
	switch {
	case err != nil:
		return "", err
	case from.Drill:
		return lockstep.DrillHost(routing.Project) + " leads nowhere again", nil
	}
	return from.From + " no longer asks for the live address", nil
}

// setCurrent does nothing: the outcome stores it.
func setCurrent(_ context.Context, e effect) (string, error) {
	return fmt.Sprintf("%s is the current environment of %s", e.step.Do.Live.To, e.project.Name), nil
}

// probeLive asks for the revision's paths under the host name that was moved.
// The app is told the live address, in a drill too: what refuses unknown hosts
// is found out before users find it.
func probeLive(ctx context.Context, e effect) (string, error) {
	v := verification{effect: e}
	var err error
	if v.content, v.groups, err = e.groups(ctx, e.step.Do.Revision); err != nil {
		return "", err
	}
	v.routes = routes(v.content, v.groups)
	live := lockstep.LiveHost(e.project.Name)
	host := live
	if e.step.Do.Live.Drill {
		host = lockstep.DrillHost(e.project.Name)
	}
	paths, answersOnly := v.paths(), false
	if len(paths) == 0 { // something has to be seen to arrive, whatever the app says to it
		paths, answersOnly = []string{v.anyPath()}, true
	}
	var lines []string
	for _, path := range paths {
		line, err := e.probeHost(ctx, host, live, path, answersOnly)
		if err != nil {
			return strings.Join(lines, "\n"), err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

// anyPath leads to a service that is not disabled, where there is one.
func (v *verification) anyPath() string {
	for _, path := range append([]string{"/"}, prefixes(v.routes)...) {
		if service, ok := leadsTo(v.routes, path); ok && v.environment.Enabled(service) {
			return path
		}
	}
	return "/"
}

func prefixes(r lockstep.RevisionRoutes) []string {
	var out []string
	for _, s := range r.Services {
		out = append(out, s.Prefixes...)
	}
	return out
}

func (e effect) probeHost(ctx context.Context, host, as, path string, answersOnly bool) (string, error) {
	if e.lives == nil {
		return "", lockstep.Errorf(lockstep.CodeUnsupported, "%s has no router that could move the live address", e.environment.Name)
	}
	var last string
	for try := range probeTries {
		if try > 0 {
			if err := wait(ctx, probePause); err != nil {
				return "", err
			}
		}
		result, err := e.lives.ProbeHost(ctx, host, as, e.step.Do.Revision, path)
		good := result.Status >= 200 && result.Status <= 299 || answersOnly && result.Status < http.StatusInternalServerError
		switch {
		case err != nil:
			return "", err
		case result.Environment != e.environment.ID && result.Environment != "":
			return "", lockstep.Errorf(lockstep.CodeFailed, "%s leads to another environment (%s) than %s", host, result.Environment, e.environment.Name)
		case result.Err != "":
			last = result.Err
		case !good:
			last = fmt.Sprintf("%s answered %d", named(result.Service), result.Status)
		default:
			return fmt.Sprintf("GET http://%s%s answered %d by %s of %s in %s", host, path, result.Status, named(result.Service), e.environment.Name, short(result.Duration)), nil
		}
	}
	return "", lockstep.Errorf(lockstep.CodeFailed, "GET http://%s%s has to be answered by %s: %s (%d tries)", host, path, e.environment.Name, last, probeTries)
}
