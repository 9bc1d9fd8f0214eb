package control

import (
	"context"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// recorded is what the store knows of an environment at one moment.
type recorded struct {
	env          lockstep.Environment
	active, warm *lockstep.Revision
	release      *lockstep.Release      // that runs
	latest       lockstep.ConfigVersion // zero: none
	project      lockstep.Project
	wanted       []lockstep.ServiceSpec // what the applied matrix says now; see readMatrix
	started      map[string]int         // replicas that the deployment of what runs started, by service
	open         []lockstep.Operation
	quarantined  []lockstep.Quarantine
	takeover     *policy.Question // nil: there is nothing to ask
	alerts       []lockstep.Alert
	states       map[string]lockstep.ServiceHealth // of its services, by name
	month        lockstep.ObservedTime             // of what users' requests go to, in 30 days
	security     securityFacts                     // but for what the host says
}

// Status is an environment as it is now: what is recorded, and what its host
// sees. A host that does not answer within two seconds is reported in
// UnreachableHost.
func (c *Control) Status(ctx context.Context, projectName, environmentRef string) (lockstep.StatusReport, error) {
	r, err := view(ctx, c, func(tx Tx) (recorded, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return recorded{}, err
		}
		r, err := c.recorded(tx, env)
		if err != nil {
			return r, err
		}
		if r.security, err = readSecurity(tx, env); err != nil {
			return r, err
		}
		uptime, err := tx.HealthUptime(env.ID, lockstep.RollupQuarter, c.now().Add(-month))
		if r.month = uptime[""]; err != nil || r.active == nil {
			return r, err
		}
		q, err := c.switchQuestion(tx, observer, env)
		if err == nil && q.Live.Project.CurrentID != env.ID {
			r.takeover = &q
		}
		return r, err
	})
	if err != nil {
		return lockstep.StatusReport{}, err
	}
	c.readMatrix(&r)
	seen, unreachable := c.observe(ctx, r.env)
	report := r.report(seen, unreachable)
	report.Automation = c.waits.of(r.env.ID)
	services := c.servicesHealth(r, seen, unreachable)
	report.Health = r.health(services, unreachable == "")
	if report.Takeover, err = r.takesOver(seen, unreachable); err != nil {
		return report, err
	}
	if report.Metrics, err = c.summary(ctx, r.env, unreachable); err != nil {
		return report, err
	}
	r.security.seen, r.security.unseen = seen, unreachable
	report.Monitoring = c.monitoring(r, services, report.Metrics)
	return report, nil
}

func (c *Control) recorded(tx Tx, env lockstep.Environment) (recorded, error) {
	r := recorded{env: env}
	for _, side := range []struct {
		id string
		to **lockstep.Revision
	}{{env.ActiveID, &r.active}, {env.WarmID, &r.warm}} {
		if side.id == "" {
			continue
		}
		revision, err := tx.Revision(side.id)
		if err != nil {
			return r, err
		}
		*side.to = &revision
	}
	var err error
	if r.latest, err = tx.ConfigVersion(env.ID, 0); err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return r, err
	}
	if r.open, err = tx.OpenOperations(env.ID); err != nil {
		return r, err
	}
	if err = c.addWaits(tx, env.ProjectID, r.open); err != nil {
		return r, err
	}
	if r.quarantined, err = tx.Quarantines(env.ProjectID, env.ID); err != nil {
		return r, err
	}
	if r.alerts, err = alerts(tx, env); err != nil {
		return r, err
	}
	if r.states, err = c.states(tx, env.ID); err != nil {
		return r, err
	}
	if r.active != nil {
		release, err := tx.Release(env.ProjectID, r.active.Content.Release)
		if err == nil {
			r.release = &release
		} else if lockstep.CodeOf(err) != lockstep.CodeNotFound {
			return r, err
		}
		if r.started, err = started(tx, env.ID); err != nil {
			return r, err
		}
	}
	r.project, err = tx.Project(env.Project)
	return r, err
}

// readMatrix adds what the applied matrix says. It is not for a transaction:
// nobody shall wait for a large one to be read.
func (c *Control) readMatrix(r *recorded) {
	m, err := matrix.Parse(r.project.Matrix, "the applied matrix")
	if err != nil {
		// It was valid when it was applied; a newer server may see it otherwise.
		c.log.Warn("the applied matrix cannot be read", "project", r.project.Name, "error", err)
		return
	}
	r.wanted = m.Desired().Services
}

// up says that every service of a revision that is enabled has an instance
// that is ready.
func up(env lockstep.Environment, revision lockstep.Revision, instances []lockstep.Instance) bool {
	groups, err := revision.Content.Groups()
	return err == nil && !slices.ContainsFunc(groups, func(g lockstep.Group) bool {
		return env.Enabled(g.Service) && !slices.ContainsFunc(instances, func(i lockstep.Instance) bool {
			return i.Group == g.ID && i.State == lockstep.InstanceReady
		})
	})
}

// started are the replicas that the deployment of what runs started.
func started(tx Tx, environmentID string) (map[string]int, error) {
	latest, err := tx.LatestDeployment(environmentID)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, step := range latest.Steps {
		if step.Kind == lockstep.StepStart && step.Phase == lockstep.PhaseForward {
			out[step.Do.Service] = step.Do.Replicas
		}
	}
	return out, nil
}

func (r recorded) report(seen Observation, unreachable string) lockstep.StatusReport {
	out := lockstep.StatusReport{
		ID: r.env.ID, Name: r.env.Name, Type: r.env.Type, Status: r.env.Status,
		Services: []lockstep.ServiceStatus{}, Traffic: []lockstep.Split{}, Addresses: []string{},
		Operations:     append([]lockstep.Operation{}, r.open...),
		LastDeployment: r.env.Metadata.LastDeployment, Revision: r.active, Warm: r.warm,
		LatestConfig: r.latest.Number, UnreachableHost: unreachable, Quarantined: r.quarantined,
		Alerts: notOK(r.alerts), StoppedAt: r.env.StoppedAt, Maintenance: r.env.Maintenance,
	}
	out.VariableCounts, out.Settings = countVariables(r.latest.Document), r.settings()
	out.Variables = out.VariableCounts.Total
	if r.active != nil {
		out.RunningConfig = r.active.Content.Config
	}
	out.Traffic = append(out.Traffic, seen.Routing.Splits...)
	out.Addresses = append(out.Addresses, seen.Addresses...)
	out.Certificates = seen.Certificates
	if unreachable == "" {
		out.Edge = &seen.Edge
		if out.Warm != nil && !up(r.env, *out.Warm, seen.Instances) {
			out.Warm = nil // its host has forgotten it, such as after a restore
		}
	}
	out.Services = append(r.services(seen.Instances), r.dependencies()...)
	out.NotDeployed = r.notDeployed(seen, unreachable == "")
	return out
}

// services are those of the active revision, or those that the matrix wants
// where nothing runs yet. Ready counts instances of the active revision only;
// all are listed.
func (r recorded) services(instances []lockstep.Instance) []lockstep.ServiceStatus {
	var active []lockstep.Group
	if r.active != nil {
		active, _ = r.active.Content.Groups() // a stored revision was checked for circles
	}
	ready, listed := map[string]int{}, map[string][]lockstep.Instance{}
	for _, i := range instances {
		listed[i.Service] = append(listed[i.Service], i)
		serves := slices.ContainsFunc(active, func(g lockstep.Group) bool { return g.ID == i.Group })
		if serves && i.State == lockstep.InstanceReady {
			ready[i.Service]++
		}
	}
	specs := r.wanted
	if r.active != nil {
		specs = r.active.Content.Services
	}
	out := make([]lockstep.ServiceStatus, 0, len(specs))
	for _, s := range specs {
		status := lockstep.ServiceStatus{Name: s.Name, Type: lockstep.ServiceApp, Enabled: r.env.Enabled(s.Name), Managed: true, Ready: ready[s.Name], Instances: listed[s.Name]}
		if r.active != nil && r.env.StoppedAt == nil {
			status.Desired = r.deployed(s.Name)
		}
		out = append(out, status)
	}
	return out
}

// deployed is how many replicas of a service there should be by what was
// deployed, or scaled since: one that is only recorded is missed by nobody.
func (r recorded) deployed(service string) int {
	if !r.env.Enabled(service) {
		return 0
	}
	if n, ok := r.env.Scaled[service]; ok {
		return n
	}
	if n, ok := r.started[service]; ok {
		return n
	}
	return r.env.Spec.ReplicasOf(service)
}

func (r recorded) dependencies() []lockstep.ServiceStatus {
	out := make([]lockstep.ServiceStatus, 0, len(r.env.Spec.Dependencies))
	for _, h := range r.dependencyHealth() {
		s := lockstep.ServiceStatus{Name: h.Name, Type: h.Type, Enabled: !h.Disabled, Managed: h.Managed}
		if h.Managed {
			s.Health = &h
		}
		out = append(out, s)
	}
	return out
}

// health is the one word on how an environment is, and its figures, by the
// health of its services.
func (r recorded) health(services []lockstep.ServiceHealth, seen bool) lockstep.HealthSummary {
	var h lockstep.HealthSummary
	for _, s := range services {
		if s.Type == lockstep.ServiceApp && !s.Disabled {
			h.Desired += s.Desired
			h.Ready += min(s.Ready, s.Desired)
		}
	}
	h.Score, h.Worst, _ = lockstep.HealthScore(services)
	if h.Status = lockstep.WellIdle; r.active != nil && r.env.StoppedAt == nil {
		h.Status = h.InOneWord(services, seen)
	}
	return h
}
