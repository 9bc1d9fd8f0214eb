package agent

import (
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// list reports an environment's instances by ID.
func (a *agent) list(env string) []lockstep.Instance {
	out := []lockstep.Instance{}
	for _, i := range a.of(env, "") {
		out = append(out, i.view())
	}
	return out
}

func (a *agent) tail(env, instance string, lines int) ([]string, error) {
	if !idShape.MatchString(env) || !groupShape.MatchString(instance) {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "there is no such instance")
	}
	return a.logs.tail(env, instance, min(max(lines, 0), maxTailLines))
}

func (a *agent) info() wire.Info {
	ports := map[string]string{}
	for id, e := range a.store.view().Environments {
		if e.Port != 0 {
			ports[id] = loopback(e.Port)
		}
	}
	epochs := map[string]int64{}
	for project, claim := range a.store.view().Live {
		epochs[project] = claim.Epoch
	}
	a.mu.Lock()
	n := len(a.instances)
	a.mu.Unlock()
	return wire.Info{
		LiveEpochs: epochs,
		Protocol:   wire.Protocol, Version: a.opts.Version, PID: os.Getpid(),
		Edge: a.hosts.where(hostEdge), EdgeTLS: a.hosts.where(hostEdgeTLS), Ports: ports, Instances: n, Certificates: a.certified(), Limits: a.limits(), Files: a.values.describe(),
	}
}

// limits says how resources are enforced here, for people.
func (a *agent) limits() string {
	out := []string{a.cells.describe()}
	if os.Geteuid() != 0 {
		out = append(out, "services cannot run as another user, because the agent does not run as root")
	}
	if !checksOwner {
		out = append(out, "whether a port belongs to its instance is not checked on this system")
	}
	if !findsLaunches {
		out = append(out, "children that leave an instance's process group are not found on this system")
	}
	return strings.Join(out, "; ")
}

var (
	instancesDesc = prometheus.NewDesc("lockstep_agent_instances", "Instances that the agent supervises, by state.", []string{"environment", "state"}, nil)
	restartsDesc  = prometheus.NewDesc("lockstep_agent_instance_restarts", "Restarts of an instance since it was first started.", []string{"environment", "instance"}, nil)
	infoDesc      = prometheus.NewDesc("lockstep_agent_info", "1, with the agent's version.", []string{"version"}, nil)
)

// collector exports what Instances says, under names instead of IDs.
type collector struct{ a *agent }

func (c collector) Describe(out chan<- *prometheus.Desc) {
	out <- instancesDesc
	out <- restartsDesc
	out <- infoDesc
	c.a.book.describe(out)
}

func (c collector) Collect(out chan<- prometheus.Metric) {
	c.a.book.collect(out)
	out <- prometheus.MustNewConstMetric(infoDesc, prometheus.GaugeValue, 1, c.a.opts.Version)
	for id, e := range c.a.store.view().Environments {
		name := fmt.Sprintf("%s/%s", e.Place.Project, e.Place.Environment)
		states := map[lockstep.InstanceState]int{}
		for _, i := range c.a.of(id, "") {
			v := i.view()
			states[v.State]++
			out <- prometheus.MustNewConstMetric(restartsDesc, prometheus.CounterValue, float64(v.Restarts), name, v.ID)
		}
		for state, n := range states {
			out <- prometheus.MustNewConstMetric(instancesDesc, prometheus.GaugeValue, float64(n), name, string(state))
		}
	}
}

func (a *agent) register() {
	a.registry.MustRegister(a.edge.Collector(), collector{a})
}
