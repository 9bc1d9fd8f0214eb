package cli

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// certificate says how a domain stands with HTTPS.
func (p paint) certificate(c lockstep.Certificate) string {
	until := ""
	if c.Until != nil {
		until = c.Until.Format(time.DateOnly)
	}
	switch {
	case c.State == lockstep.CertificatePending:
		return c.Domain + ": certificate asked for"
	case c.State == lockstep.CertificateIssued && c.Problem == "":
		return c.Domain + ": certificate until " + until
	case c.State == lockstep.CertificateIssued:
		return c.Domain + ": certificate until " + until + ", " + p.warn("not renewed:") + " " + c.Problem
	case until != "":
		return c.Domain + ": " + p.bad("certificate not valid") + " (until " + until + "): " + c.Problem
	}
	return c.Domain + ": " + p.bad("no certificate:") + " " + c.Problem
}
