package lockstep

import (
	"fmt"
	"time"
)

// Quarantine keeps a revision out of an environment in which it was rolled
// back: nothing brings it back by itself. A person does, with a reason; a
// deployment of it that completes ends the quarantine.
type Quarantine struct {
	EnvironmentID string    `json:"environmentId"`
	Environment   string    `json:"environment"`
	RevisionID    string    `json:"revisionId"`
	RevisionHash  string    `json:"revisionHash"`
	Version       string    `json:"version"`
	DeploymentID  string    `json:"deploymentId"` // the one that was rolled back
	Automatic     bool      `json:"automatic"`    // by that deployment itself, or else by hand
	By            string    `json:"by,omitempty"` // who did it by hand
	Reason        string    `json:"reason,omitempty"`
	At            time.Time `json:"at"`
}

// String says what happened and when: "2.1.0 (revision 0f6955024dd8) was
// rolled back in staging by ana on 2026-03-01 09:00 UTC: too slow".
func (q Quarantine) String() string {
	how := "was rolled back in " + q.Environment
	switch {
	case q.Automatic:
		how = "failed in " + q.Environment + " and was rolled back"
	case q.By != "":
		how += " by " + q.By
	}
	what := fmt.Sprintf("%s (revision %s) %s on %s", q.Version, ShortHash(q.RevisionHash), how, q.At.UTC().Format("2006-01-02 15:04 UTC"))
	if q.Reason == "" {
		return what
	}
	return what + ": " + q.Reason
}
