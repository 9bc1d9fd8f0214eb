package lockstep

import "time"

// Approval is something that waits for a person's word.
type Approval struct {
	OperationID   string        `json:"operationId"` // a deployment's and a switch's, too
	Kind          OperationKind `json:"kind"`        // deploy or switch
	Environment   string        `json:"environment"`
	EnvironmentID string        `json:"environmentId"`
	Text          string        `json:"text"` // "deployment of 2.1.4 to production"
	WaitsFor      string        `json:"waitsFor"`
	Step          int           `json:"step,omitempty"` // that waits, in the middle of a deployment
	AskedBy       string        `json:"askedBy"`
	Since         time.Time     `json:"since"`
	Until         *time.Time    `json:"until,omitempty"` // then it is too late
	ScheduledFor  *time.Time    `json:"scheduledFor,omitempty"`
	Version       string        `json:"version,omitempty"`
	Strategy      Strategy      `json:"strategy,omitempty"`
	RevisionHash  string        `json:"revisionHash,omitempty"` // what an approver has looked at
	Description   string        `json:"description,omitempty"`
	Reason        string        `json:"reason,omitempty"` // why it was asked for
	MayApprove    bool          `json:"mayApprove"`       // whoever asks for the list
	WhyNot        string        `json:"whyNot,omitempty"`
}
