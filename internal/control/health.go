package control

import (
	"context"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// changesShown is how many changes of health a report has.
const changesShown = 20

// health is what is stored of an environment's health.
type health struct {
	changes []lockstep.HealthChange
	uptime  []map[string]lockstep.ObservedTime // by service, for each of the windows
}

// Health is how an environment is: its app services as their host sees them
// now, its dependencies as they were checked last, and for how long each of
// them was up.
func (c *Control) Health(ctx context.Context, projectName, environmentRef string) (lockstep.HealthReport, error) {
	var stored health
	r, err := view(ctx, c, func(tx Tx) (recorded, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return recorded{}, err
		}
		if stored, err = c.storedHealth(tx, env.ID); err != nil {
			return recorded{}, err
		}
		return c.recorded(tx, env)
	})
	if err != nil {
		return lockstep.HealthReport{}, err
	}
	seen, unreachable := c.observe(ctx, r.env)
	out := lockstep.HealthReport{
		ID: r.env.ID, Name: r.env.Name, UnreachableHost: unreachable,
		Services: c.servicesHealth(r, seen, unreachable),
		Changes:  append([]lockstep.HealthChange{}, stored.changes...), Uptime: stored.uptimeOf(""),
		Alerts: append([]lockstep.Alert{}, r.alerts...),
	}
	for i, s := range out.Services {
		if s.Managed {
			out.Services[i].Uptime = stored.uptimeOf(s.Name)
		}
	}
	if score, worst, ok := lockstep.HealthScore(out.Services); ok {
		out.Score, out.Worst = &score, worst
	}
	out.Status, out.Summary = lockstep.WorstHealth(out.Services), r.health(out.Services, unreachable == "")
	return out, nil
}

func (c *Control) storedHealth(tx Tx, environmentID string) (h health, err error) {
	if h.changes, err = tx.HealthChanges(environmentID, changesShown); err != nil {
		return h, err
	}
	for _, window := range lockstep.UptimeWindows() {
		resolution := lockstep.RollupQuarter
		if window <= 24*time.Hour {
			resolution = lockstep.RollupMinute
		}
		of, err := tx.HealthUptime(environmentID, resolution, c.now().Add(-window))
		if err != nil {
			return h, err
		}
		h.uptime = append(h.uptime, of)
	}
	return h, nil
}

// states are how the services of an environment are, by name: as this server
// sees them, or else as they were written last.
func (c *Control) states(tx Tx, environmentID string) (map[string]lockstep.ServiceHealth, error) {
	all, err := tx.HealthStates(environmentID)
	if err != nil {
		return nil, err
	}
	out := make(map[string]lockstep.ServiceHealth, len(all))
	for _, h := range append(all, c.watched(environmentID)...) {
		out[h.Name] = h
	}
	return out, nil
}

func (h health) uptimeOf(service string) []lockstep.Uptime {
	out := []lockstep.Uptime{}
	for i, window := range lockstep.UptimeWindows() {
		out = append(out, lockstep.UptimeOf(window, h.uptime[i][service]))
	}
	return out
}

// servicesHealth is each service's health: of the app services as they are
// seen, or as they were last where this server cannot see them.
func (c *Control) servicesHealth(r recorded, seen Observation, unreachable string) []lockstep.ServiceHealth {
	out := []lockstep.ServiceHealth{}
	if r.active != nil && r.env.StoppedAt == nil {
		for _, h := range r.appHealth(seen.Instances, unreachable == "") {
			before, known := r.states[h.Name]
			switch {
			case unreachable != "" && known && r.env.HostID != c.host:
				before.Ready, before.Desired = min(before.Ready, h.Desired), h.Desired
				h = before
			case known && before.Status == h.Status:
				h.Since, h.CheckedAt = before.Since, before.CheckedAt
			}
			h.EnvironmentID = ""
			out = append(out, h)
		}
	}
	return append(out, r.dependencyHealth()...)
}

// appHealth are the services of the active revision by their instances.
func (r recorded) appHealth(instances []lockstep.Instance, reachable bool) []lockstep.ServiceHealth {
	serves := map[string]bool{}
	for _, s := range r.active.Content.Services {
		serves[s.Name] = len(s.Routes) > 0
	}
	services := r.services(instances)
	out := make([]lockstep.ServiceHealth, 0, len(services))
	for _, s := range services {
		h := lockstep.ServiceHealth{
			EnvironmentID: r.env.ID, Name: s.Name, Type: lockstep.ServiceApp, Managed: true, Serves: serves[s.Name],
			Ready: s.Ready, Desired: s.Desired, Status: lockstep.HealthHealthy, Version: r.active.Content.Release,
		}
		h.Disabled = !s.Enabled
		switch {
		case !reachable, s.Desired == 0:
			h.Status = lockstep.HealthUnknown
		case s.Ready == 0:
			h.Status, h.Message = lockstep.HealthUnhealthy, notReady(s)
		case s.Ready < s.Desired:
			h.Status, h.Message = lockstep.HealthWarning, notReady(s)
		}
		out = append(out, h)
	}
	return out
}

// notReady is why a service has too few instances, as far as one of them says.
func notReady(s lockstep.ServiceStatus) string {
	for _, i := range s.Instances {
		if i.State != lockstep.InstanceReady && i.Reason != "" {
			return i.Reason
		}
	}
	return "too few instances are ready"
}

// dependencyHealth are the dependencies that the environment has now.
func (r recorded) dependencyHealth() []lockstep.ServiceHealth {
	out := make([]lockstep.ServiceHealth, 0, len(r.env.Spec.Dependencies))
	for _, d := range r.env.Spec.Dependencies {
		spec, checked := d.Checked()
		h := r.states[d.Name]
		if !checked || h.Kind != spec.Kind {
			h = lockstep.ServiceHealth{Status: lockstep.HealthUnknown, Kind: spec.Kind}
		}
		if !r.env.Enabled(d.Name) {
			h = lockstep.ServiceHealth{Status: lockstep.HealthUnknown, Kind: spec.Kind, Disabled: true}
		}
		h.EnvironmentID, h.Name, h.Type, h.Managed = "", d.Name, d.Type, checked
		out = append(out, h)
	}
	return out
}

// AppHealth are the app services of an environment as its host sees them; an
// error where it cannot be asked. A monitor samples them: one that is disabled
// is not seen, so that it is neither down nor a cause of downtime.
func (c *Control) AppHealth(ctx context.Context, env lockstep.Environment) ([]lockstep.ServiceHealth, error) {
	r, err := view(ctx, c, func(tx Tx) (recorded, error) {
		env, err := tx.Environment("", env.ID)
		if err != nil {
			return recorded{}, err
		}
		r := recorded{env: env} // all that is needed: this is asked often
		if env.ServingID() == "" {
			return r, nil
		}
		active, err := tx.Revision(env.ServingID())
		if err != nil {
			return r, err
		}
		r.active = &active
		r.started, err = started(tx, env.ID)
		return r, err
	})
	if err != nil || r.active == nil || r.env.StoppedAt != nil {
		return nil, err
	}
	seen, unreachable := c.observe(ctx, r.env)
	if unreachable != "" {
		return nil, lockstep.Errorf(lockstep.CodeUnavailable, "%s cannot be seen: %s", r.env.Name, unreachable)
	}
	all := r.appHealth(seen.Instances, true)
	return slices.DeleteFunc(all, func(h lockstep.ServiceHealth) bool { return h.Disabled }), nil
}
