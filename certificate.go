package lockstep

import "time"

// CertificateState is how a domain stands with its TLS certificate.
type CertificateState string

// The states.
const (
	CertificatePending CertificateState = "pending" // asked for
	CertificateIssued  CertificateState = "issued"  // there and valid
	CertificateFailed  CertificateState = "failed"  // none that is valid; it is asked for again
)

// CertificateStates lists the states.
func CertificateStates() []CertificateState {
	return []CertificateState{CertificatePending, CertificateIssued, CertificateFailed}
}

// Certificate is the TLS certificate of one of an environment's domains.
type Certificate struct {
	Domain  string           `json:"domain"`
	State   CertificateState `json:"state"`
	Until   *time.Time       `json:"until,omitempty"`   // end of the one in use
	Problem string           `json:"problem,omitempty"` // why the newest attempt to get or renew it failed
}
