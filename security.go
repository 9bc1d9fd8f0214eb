package lockstep

import (
	"cmp"
	"slices"
	"time"
)

// Severity says how soon something wants to be mended.
type Severity string

// The severities.
const (
	SeverityCritical Severity = "critical" // somebody is hurt by it now
	SeverityHigh     Severity = "high"
	SeverityMedium   Severity = "medium"
	SeverityLow      Severity = "low"
)

// Severities lists the severities, the worst first.
func Severities() []Severity {
	return []Severity{SeverityCritical, SeverityHigh, SeverityMedium, SeverityLow}
}

// SecurityReport is what Lockstep itself can check of an environment's
// security: how it runs it, and what it was told. It looks into no program and
// watches nobody.
type SecurityReport struct {
	ID          string            `json:"id"`
	Environment string            `json:"environment"`
	CheckedAt   time.Time         `json:"checkedAt"`
	Counts      map[Severity]int  `json:"counts"`
	Findings    []SecurityFinding `json:"findings"` // the worst first
	More        int               `json:"more,omitempty"`
	Checks      []SecurityCheck   `json:"checks"` // all that were made, whatever they found
}

// SecurityFinding is something to mend.
type SecurityFinding struct {
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	Subject  string   `json:"subject"` // a domain, a service, a variable's key
	Message  string   `json:"message"`
	Do       string   `json:"do"`
}

// SecurityCheck is one kind of look.
type SecurityCheck struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Findings int    `json:"findings"`
	Unknown  string `json:"unknown,omitempty"` // why it could not be made
}

// SecretMaxAge is how old a secret's value may get before it should be
// replaced.
const SecretMaxAge = 90 * 24 * time.Hour

// MostFindings bounds a report.
const MostFindings = 200

// Settle sorts, counts and bounds what was found.
func (r *SecurityReport) Settle() {
	order := Severities()
	slices.SortStableFunc(r.Findings, func(a, b SecurityFinding) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Severity), slices.Index(order, b.Severity)), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Subject, b.Subject))
	})
	r.Counts = map[Severity]int{}
	for _, s := range order {
		r.Counts[s] = 0
	}
	for _, f := range r.Findings {
		r.Counts[f.Severity]++
		for i := range r.Checks {
			if r.Checks[i].Name == f.Check {
				r.Checks[i].Findings++
			}
		}
	}
	if extra := len(r.Findings) - MostFindings; extra > 0 {
		r.Findings, r.More = r.Findings[:MostFindings], extra
	}
}
