package lockstep

import "time"

// HookStage says when a hook runs (A).
type HookStage string

// The stages.
const (
	HookPreDeployment  HookStage = "pre-deployment"  // artifacts are in place, nothing of the new revision runs
	HookPostDeployment HookStage = "post-deployment" // all requests go to the new revision, the old one is still there
	HookPreSwitch      HookStage = "pre-switch"      // the environment is proved and about to get the live address, which leads where it led
	HookPostSwitch     HookStage = "post-switch"     // new requests to the live address go to the environment, the one before is still up
)

// HookStages lists A's stages, and those of a switch.
func HookStages() []HookStage {
	return []HookStage{HookPreDeployment, HookPostDeployment, HookPreSwitch, HookPostSwitch}
}

// OfSwitch says that hooks of the stage belong to a switch of the live address
// to their environment, and not to its deployments.
func (s HookStage) OfSwitch() bool { return s == HookPreSwitch || s == HookPostSwitch }

// Hook is what happens once in a deployment, or in a switch to the
// environment, on the machine of that: a command in the files of one of the release's services, or,
// with HTTP, a request that is sent from there.
type Hook struct {
	Name     string            `json:"name"`
	Stage    HookStage         `json:"stage,omitempty"`   // empty of a hook that a recipe brings: it runs where it stands
	Run      []string          `json:"run,omitempty"`     // the program and its arguments
	HTTP     *HTTPHook         `json:"http,omitempty"`    // instead of Run
	Service  string            `json:"service,omitempty"` // whose artifact, variables and user; default: the first with an artifact
	Env      map[string]string `json:"env,omitempty"`     // over the service's
	Required bool              `json:"required"`          // its failure ends the deployment, or the switch
	Timeout  Duration          `json:"timeout,omitempty"` // of one try; 5 minutes
	Retries  int               `json:"retries,omitempty"` // tries after the first one
}

// DefaultHookTimeout is how long a try of a hook may take.
const DefaultHookTimeout = 5 * time.Minute
