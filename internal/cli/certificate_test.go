package cli

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestCertificatesInWords(t *testing.T) {
	t.Parallel()
	until := time.Date(2027, 2, 20, 9, 0, 0, 0, time.UTC)
	for want, c := range map[string]lockstep.Certificate{
		"a.test: certificate asked for":        {State: lockstep.CertificatePending},
		"a.test: certificate until 2027-02-20": {State: lockstep.CertificateIssued, Until: &until},
		"a.test: certificate until 2027-02-20, not renewed: the CA is away": {
			State: lockstep.CertificateIssued, Until: &until, Problem: "the CA is away",
		},
		"a.test: certificate not valid (until 2027-02-20): it ran out": {
			State: lockstep.CertificateFailed, Until: &until, Problem: "it ran out",
		},
		"a.test: no certificate: the CA is away": {State: lockstep.CertificateFailed, Problem: "the CA is away"},
	} {
		c.Domain = "a.test"
		if got := (paint{}).certificate(c); got != want {
			t.Errorf("%+v\nis %q\nnot %q", c, got, want)
		}
	}
}
