package agent

import (
	"github.com/prometheus/client_golang/prometheus"
)

var (
	ofPart      = []string{"project", "environment", "revision", "service"}
	cpuDesc     = prometheus.NewDesc("lockstep_environment_cpu_seconds_total", "Processor time that instances used since this agent began; revision: what they serve, by its hash.", ofPart, nil)
	memoryDesc  = prometheus.NewDesc("lockstep_environment_memory_bytes", "Memory that instances hold.", ofPart, nil)
	clientsDesc = prometheus.NewDesc("lockstep_environment_clients", "Distinct clients in the last five minutes, estimated.", ofPart[:2], nil)
	logDesc     = prometheus.NewDesc("lockstep_environment_disk_bytes", "What an environment's own files take: logs and working directories.", ofPart[:2], nil)
)

func (b *book) describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{cpuDesc, memoryDesc, clientsDesc, logDesc} {
		out <- d
	}
}

// collect exports what is there now: the series of a revision go with its last
// instance.
func (b *book) collect(out chan<- prometheus.Metric) {
	usage := b.usageOf("")
	b.mu.Lock()
	defer b.mu.Unlock()
	for at, s := range b.spent {
		labels := []string{at.project, at.environment, at.revision, at.service}
		out <- prometheus.MustNewConstMetric(cpuDesc, prometheus.CounterValue, s.cpu.Seconds(), labels...)
		out <- prometheus.MustNewConstMetric(memoryDesc, prometheus.GaugeValue, float64(s.memory), labels...)
	}
	names := map[[2]string]bool{} // an environment that was removed and made anew is there once
	for id, u := range usage {
		e := b.a.store.view().environment(id)
		name := [2]string{e.Place.Project, e.Place.Environment}
		if names[name] || e.isRemoved() {
			continue
		}
		names[name] = true
		out <- prometheus.MustNewConstMetric(clientsDesc, prometheus.GaugeValue, float64(u.Clients), name[:]...)
		out <- prometheus.MustNewConstMetric(logDesc, prometheus.GaugeValue, float64(b.disks.of(id).bytes), name[:]...)
	}
}
