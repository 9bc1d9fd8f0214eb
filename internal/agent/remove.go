package agent

import (
	"context"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// remove forgets an environment, except its fence.
func (a *agent) remove(ctx context.Context, call wire.Call) error {
	if err := a.fence(call); err != nil {
		return err
	}
	env := call.Environment
	unlock, err := a.lock(ctx, env)
	if err != nil {
		return err
	}
	defer unlock()
	unlockRouting, err := a.lock(ctx, env+" routing")
	if err != nil {
		return err
	}
	defer unlockRouting()
	known := a.store.view().environment(env)
	var run []string
	for id, g := range known.Groups {
		if len(g.Instances) > 0 || g.Stopping {
			run = append(run, id)
		}
	}
	if len(run) > 0 {
		slices.Sort(run)
		return lockstep.Errorf(lockstep.CodeConflict, "the environment cannot be removed while groups run: stop %s first", strings.Join(run, ", "))
	}
	a.endJobs(env)
	if err := a.journal.write(wire.Entry{Effect: effectRemove, Environment: env, Key: call.Key}); err != nil {
		return err
	}
	certificates, shared := len(a.certificatesOf(env)), a.sharedArtifacts(env)
	err = a.store.change(env, func(e *environment) error {
		if err := e.allow(call); err != nil {
			return err
		}
		if !e.isRemoved() {
			e.count(lockstep.LedgerCertificates, certificates)
			e.count(lockstep.LedgerArtifacts, -shared) // they are the others' now
		}
		for _, g := range e.Groups { // of before these were noted
			a.uses(e, g.Spec.Artifact)
		}
		*e = environment{Fence: e.Fence, Made: e.Made, Artifacts: e.Artifacts, Domains: e.Domains}
		return nil
	})
	if err != nil {
		return err
	}
	a.clear(env, known) //nolint:contextcheck // what was removed is cleared away, whoever waits
	return nil
}

// clear takes away what stood behind an environment that was removed.
func (a *agent) clear(env string, known *environment) {
	a.edge.RemoveRouting(env)
	for id, g := range known.Groups {
		a.hosts.close(hostGroup(env, id))
		a.ports.free(g.Port)
		a.publish(env, id)
	}
	if known.Port != 0 {
		a.hosts.close(hostEnvironment(env))
		a.ports.free(known.Port)
	}
	if err := a.logs.remove(env); err != nil {
		a.log.Error("cannot remove logs", "environment", env, "error", err)
	}
	removeAll(a.log, a.scratch(env, ""))
	a.removeValues(env)
	a.forgetJobs(env)
	for _, dir := range a.jobDirs(env) { // of jobs that no state names any more
		removeAll(a.log, dir)
	}
	a.endCells(env)
	a.dropBelongings(env)
	a.tidy()
}
