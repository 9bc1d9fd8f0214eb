package agent

import (
	"context"
	"net"
	"os"
	"regexp"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// Names from outside become parts of paths.
var (
	idShape    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	groupShape = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)
)

func checkCall(call wire.Call) error {
	switch {
	case !idShape.MatchString(call.Environment):
		return lockstep.Invalid("environment", "environment %q: want an ID", call.Environment)
	case call.Key == "" || len(call.Key) > 256:
		return lockstep.Invalid("key", "an effect needs a key of at most 256 bytes")
	}
	return nil
}

// fence checks a call's authority and keeps its fence where it is the highest.
func (a *agent) fence(call wire.Call) error {
	if err := checkCall(call); err != nil {
		return err
	}
	return a.store.change(call.Environment, func(e *environment) error {
		before := e.Fence
		if err := e.allow(call); err != nil {
			return err
		}
		if before == call.Fence {
			return errUnchanged
		}
		return nil
	})
}

// prepare puts groups into the state, with a listener for each. It starts nothing.
func (a *agent) prepare(ctx context.Context, req wire.PrepareRequest) error {
	env := req.Call.Environment
	if err := a.fence(req.Call); err != nil {
		return err
	}
	if err := a.awaitGone(ctx, env, req.Groups); err != nil {
		return err
	}
	unlock, err := a.lock(ctx, env)
	if err != nil {
		return err
	}
	defer unlock()
	known := a.store.view().environment(env)
	if err := a.checkGroups(req.Groups, known); err != nil {
		return err
	}
	if missing := a.missing(req.Groups); len(missing) > 0 {
		return &wire.MissingError{Digests: missing}
	}
	for _, g := range req.Groups {
		if err := a.checkCommand(g.Spec); err != nil {
			return err
		}
	}
	return a.addGroups(req, known)
}

// awaitGone waits for groups that are being stopped: they are made anew.
func (a *agent) awaitGone(ctx context.Context, env string, groups []lockstep.Group) error {
	for _, g := range groups {
		if err := a.awaitEnding(ctx, endingOfGroup(env, g.ID)); err != nil {
			return err
		}
	}
	return nil
}

func (a *agent) checkGroups(groups []lockstep.Group, known *environment) error {
	if len(groups) > maxGroups {
		return lockstep.Errorf(lockstep.CodeTooLarge, "%d groups at once: at most %d", len(groups), maxGroups)
	}
	if known.isRemoved() && a.store.view().live() >= maxEnvironments {
		return lockstep.Errorf(lockstep.CodeTooLarge, "this machine has %d environments, at most %d: destroy one", maxEnvironments, maxEnvironments)
	}
	names := map[string]bool{}
	for id := range known.Groups {
		names[id] = true
	}
	for _, g := range groups {
		if !groupShape.MatchString(g.ID) {
			return lockstep.Invalid("groups", "group %q: want letters, digits and hyphens", g.ID)
		}
		names[g.ID] = true
	}
	for _, g := range groups {
		if err := lockstep.ValidateServiceName(g.Service); err != nil {
			return err
		}
		if err := checkSpec(g.Service, g.Spec); err != nil {
			return err
		}
		for service, id := range g.DependsOn {
			if !names[id] {
				return lockstep.Invalid("dependsOn", "service %s calls %s, whose group %s is not prepared", g.Service, service, id)
			}
		}
	}
	return nil
}

// live counts environments of which more than the fence is left.
func (s *state) live() (n int) {
	for _, e := range s.Environments {
		if !e.isRemoved() {
			n++
		}
	}
	return n
}

func checkSpec(service string, spec lockstep.ServiceSpec) error {
	switch {
	case len(spec.Command) == 0 && spec.Image != "":
		return lockstep.Errorf(lockstep.CodeUnsupported, "service %s has an image and no command: the process runtime runs commands; give it one", service)
	case len(spec.Command) == 0:
		return lockstep.Invalid("command", "service %s has no command", service)
	case spec.Artifact != "" && !digestShape.MatchString(spec.Artifact):
		return lockstep.Invalid("artifact", "service %s: artifact %q is not a digest", service, spec.Artifact)
	case spec.Health.Path != "" && spec.Health.Path[0] != '/':
		return lockstep.Invalid("health.path", "service %s: health path %q does not begin with a slash", service, spec.Health.Path)
	}
	if err := checkVariables(service, spec.Env, spec.SecretEnv); err != nil {
		return err
	}
	if _, err := lookUpUser(spec.User); err != nil {
		return err
	}
	return nil
}

// checkCommand finds out now what would otherwise fail at each start.
func (a *agent) checkCommand(spec lockstep.ServiceSpec) error {
	dir := os.DevNull // holds no files
	if spec.Artifact != "" {
		dir = a.artifacts.path(spec.Artifact)
	}
	if _, err := resolve(spec.Command[0], dir); err != nil {
		e := lockstep.Errorf(lockstep.CodeOf(err), "service %s: %w", spec.Name, err)
		if spec.Artifact == "" {
			e.Message += "; the service has no artifact"
		}
		return e
	}
	return nil
}

// missing lists the digests that are not here, and keeps the others here.
func (a *agent) missing(groups []lockstep.Group) []string {
	var out []string
	for _, g := range groups {
		if d := g.Spec.Artifact; d != "" && !a.artifacts.use(d) && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// reserved is a listener that nobody serves yet.
type reserved struct {
	port     int
	listener net.Listener
}

func (a *agent) addGroups(req wire.PrepareRequest, known *environment) (err error) {
	env := req.Call.Environment
	fresh := map[string]reserved{}
	var own reserved
	defer func() {
		if err == nil {
			return
		}
		for _, r := range fresh {
			a.giveBack(r)
		}
		a.giveBack(own)
	}()
	for _, g := range req.Groups {
		if _, ok := known.Groups[g.ID]; ok {
			continue
		}
		if fresh[g.ID], err = a.reserve(env); err != nil {
			return err
		}
	}
	if known.Port == 0 {
		if own, err = a.reserve(env); err != nil {
			return err
		}
	}
	if len(fresh) == 0 && own.port == 0 && known.Place == req.Place {
		return nil
	}
	err = a.store.change(env, func(e *environment) error {
		if err := e.allow(req.Call); err != nil {
			return err
		}
		e.Place = req.Place
		if own.port != 0 {
			e.Port = own.port
			e.count(lockstep.LedgerPorts, 1)
			e.count(lockstep.LedgerListeners, 1)
		}
		for _, g := range req.Groups {
			if r, ok := fresh[g.ID]; ok {
				e.count(lockstep.LedgerGroups, 1)
				e.count(lockstep.LedgerPorts, 1)
				e.count(lockstep.LedgerListeners, 1)
				e.Groups[g.ID] = &group{Group: g, Place: req.Place, Port: r.port}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, r := range fresh {
		a.hosts.serve(hostGroup(env, id), r.listener, a.edge.GroupHandler(env, id))
	}
	if own.port != 0 {
		a.hosts.serve(hostEnvironment(env), own.listener, a.edge.EnvironmentHandler(env))
	}
	return nil
}

func (a *agent) reserve(env string) (reserved, error) {
	l, port, err := a.ports.listen(env)
	return reserved{port, l}, err
}

func (a *agent) giveBack(r reserved) {
	if r.listener != nil {
		_ = r.listener.Close() // nobody connected
		a.ports.free(r.port)
	}
}
