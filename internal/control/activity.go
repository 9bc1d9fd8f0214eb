package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// Activity is every environment of a project as it is at this moment, by name.
func (c *Control) Activity(ctx context.Context, projectName string) ([]lockstep.EnvironmentActivity, error) {
	var hosts []lockstep.Environment
	out, err := view(ctx, c, func(tx Tx) (out []lockstep.EnvironmentActivity, err error) {
		p, err := project(tx, projectName)
		if err != nil {
			return nil, err
		}
		if hosts, err = tx.Environments(p.ID); err != nil {
			return nil, err
		}
		running, err := operations(tx)
		if err != nil {
			return nil, err
		}
		out = []lockstep.EnvironmentActivity{}
		for _, env := range hosts {
			out = append(out, lockstep.EnvironmentActivity{
				ID: env.ID, Name: env.Name, Type: env.Type, Status: env.Status, Version: env.Metadata.Version,
				Current: p.CurrentID == env.ID, Traffic: []lockstep.TrafficShare{}, Operation: running[env.ID],
			})
		}
		return out, nil
	})
	if err != nil {
		return nil, err
	}
	ask, cancel := context.WithTimeout(ctx, observeTimeout)
	defer cancel()
	usage, err := c.meter.Usage(ask, "")
	for i := range out {
		a := &out[i]
		if a.Unknown = c.elsewhere(hosts[i]); a.Unknown != "" {
			continue
		}
		if err != nil {
			a.Unknown = unreachable(err)
			continue
		}
		if u, ok := usage[a.ID]; ok {
			a.Traffic, a.Now = u.Traffic, now(u)
		}
	}
	return out, nil
}

// operations are what is being done to each environment, or waits first.
func operations(tx Tx) (map[string]*lockstep.RunningOperation, error) {
	open, err := tx.OpenOperations("")
	if err != nil {
		return nil, err
	}
	steps, err := tx.RunningSteps("")
	return underWay(open, steps), err
}

// now makes rates of what happened in the last seconds.
func now(u lockstep.Usage) *lockstep.ActivityNow {
	seconds := u.RecentFor.Std().Seconds()
	rate := func(n int64) float64 {
		if seconds <= 0 {
			return 0
		}
		return float64(n) / seconds
	}
	all := u.Recent.All
	out := &lockstep.ActivityNow{
		At: u.At, Requests: rate(all.Requests + all.Failed), Errors: rate(all.Errors + all.Failed), BytesOut: rate(all.BytesOut),
		InFlight: u.InFlight, Latency: u.Latencies.Quantiles(), Clients: u.Clients,
		Instances: append([]lockstep.InstanceUsage{}, u.Instances...), Services: []lockstep.ServiceTraffic{},
	}
	var cpuOf int64
	for _, i := range u.Instances {
		out.CPU += float64(i.CPU) / 1000
		out.Memory += i.Memory
		out.Restarts += i.Restarts
		cpuOf += i.CPUOf
		out.MemoryOf += i.MemoryOf
	}
	out.CPUOf = float64(min(cpuOf, int64(u.Cores)*1000)) / 1000
	out.MemoryOf = min(out.MemoryOf, u.Memory)
	index := map[string]int{}
	for _, p := range u.Recent.Parts {
		if p.Service == "" {
			continue
		}
		i, ok := index[p.Service]
		if !ok {
			i = len(out.Services)
			index[p.Service] = i
			out.Services = append(out.Services, lockstep.ServiceTraffic{Name: p.Service})
		}
		out.Services[i].Requests += rate(p.Requests)
		out.Services[i].Errors += rate(p.Errors)
	}
	return out
}
