package lockstep

import "time"

// Prerequisites is what a release has to have done elsewhere before it may
// come into an environment: it has run, validated, in each of Environments
// for Soak, and was not rolled back there.
type Prerequisites struct {
	Environments []string `json:"environments,omitempty"` // by name; none, and a Soak: the stage before in the pipeline
	Soak         Duration `json:"soak,omitempty"`         // milliseconds
}

// In are the environments of the prerequisites, in a project's pipeline.
func (p Prerequisites) In(pipeline []string, name string) []string {
	if len(p.Environments) > 0 || p.Soak == 0 {
		return p.Environments
	}
	if before, _ := StageBefore(pipeline, name); before != "" {
		return []string{before}
	}
	return nil
}

// Automation is what is deployed to an environment without anybody asking.
type Automation struct {
	Deploy AutoDeploy `json:"deploy,omitempty"`
}

// AutomationActor is who deploys by automation.
const AutomationActor = "automation"

// AutoDeploy says which releases come in by themselves.
type AutoDeploy string

// The kinds.
const (
	DeployOnRelease  AutoDeploy = "on_release"  // each new one, when it is made
	DeployWhenProved AutoDeploy = "when_proved" // what runs in the stage before, once it may be promoted
)

// AutoDeploys lists the kinds.
func AutoDeploys() []AutoDeploy { return []AutoDeploy{DeployOnRelease, DeployWhenProved} }

// AutomationWait is a release that automation would deploy, and why it has not.
type AutomationWait struct {
	Version string     `json:"version"`
	Reason  string     `json:"reason"`
	Until   *time.Time `json:"until,omitempty"` // when that ends by itself
}
