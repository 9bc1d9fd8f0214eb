package lockstep

import "time"

// HookStage says when a hook runs (A).
type HookStage string

// The stages.
const (
	HookPreDeployment  HookStage = "pre-deployment"  // artifacts are in place, nothing of the new revision runs
	HookPostDeployment HookStage = "post-deployment" // all requests go to the new revision, the old one is still there
)

// HookStages lists A's stages.
func HookStages() []HookStage { return []HookStage{HookPreDeployment, HookPostDeployment} }

// Hook is what happens once in a deployment, on the machine of the
// environment: a command in the files of one of the release's services, or,
// with HTTP, a request that is sent from there.
type Hook struct {
	Name     string            `json:"name"`
	Stage    HookStage         `json:"stage,omitempty"`   // empty of a hook that a recipe brings: it runs where it stands
	Run      []string          `json:"run,omitempty"`     // the program and its arguments
	HTTP     *HTTPHook         `json:"http,omitempty"`    // instead of Run
	Service  string            `json:"service,omitempty"` // whose artifact, variables and user; default: the first with an artifact
	Env      map[string]string `json:"env,omitempty"`     // over the service's
	Required bool              `json:"required"`          // its failure ends the deployment
	Timeout  Duration          `json:"timeout,omitempty"` // of one try; 5 minutes
	Retries  int               `json:"retries,omitempty"` // tries after the first one
}

// DefaultHookTimeout is how long a try of a hook may take.
const DefaultHookTimeout = 5 * time.Minute
