package agent

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-dev/lockstep"
)

// certify asks for certificates of an environment's domains; it waits for none.
func (a *agent) certify(env string, domains []string) {
	if a.certificates != nil {
		a.certificates.SetDomains(env, domains)
	}
}

// certified is how the domains of all environments stand, by environment.
func (a *agent) certified() map[string][]lockstep.Certificate {
	if a.certificates == nil {
		return nil
	}
	out := map[string][]lockstep.Certificate{}
	for id := range a.store.view().Environments {
		if all := a.certificates.Report(id); len(all) > 0 {
			out[id] = all
		}
	}
	return out
}

var (
	validDesc = prometheus.NewDesc("lockstep_edge_certificate_valid", "1 where a domain has a certificate that is valid now, else 0.", []string{"domain"}, nil)
	untilDesc = prometheus.NewDesc("lockstep_edge_certificate_until_seconds", "End of a domain's certificate, in seconds since 1970.", []string{"domain"}, nil)
)

// certificateCollector exports certified. Two environments may have the same
// domain for a while, a series may not come twice.
type certificateCollector struct{ a *agent }

func (c certificateCollector) Describe(out chan<- *prometheus.Desc) {
	out <- validDesc
	out <- untilDesc
}

func (c certificateCollector) Collect(out chan<- prometheus.Metric) {
	seen := map[string]bool{}
	for _, all := range c.a.certified() {
		for _, cert := range all {
			if seen[cert.Domain] {
				continue
			}
			seen[cert.Domain] = true
			valid := 0.0
			if cert.State == lockstep.CertificateIssued {
				valid = 1
			}
			out <- prometheus.MustNewConstMetric(validDesc, prometheus.GaugeValue, valid, cert.Domain)
			if cert.Until != nil {
				out <- prometheus.MustNewConstMetric(untilDesc, prometheus.GaugeValue, float64(cert.Until.Unix()), cert.Domain)
			}
		}
	}
}
