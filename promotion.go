package lockstep

// PromotionRequest asks for the release that runs in one environment to be
// deployed to another. All but the first three are the deployment's own.
type PromotionRequest struct {
	From                 string   `json:"from,omitempty"`   // ID or name; default: the stage before the target in the project's pipeline
	Force                bool     `json:"force,omitempty"`  // although the release is not proved there, or was rolled back in the target
	Reason               string   `json:"reason,omitempty"` // why; goes with Force
	Strategy             Strategy `json:"strategy,omitempty"`
	Recipe               string   `json:"recipe,omitempty"`
	Description          string   `json:"description,omitempty"`
	RollbackOnFailure    *bool    `json:"rollbackOnFailure,omitempty"`
	ValidationRequired   *bool    `json:"validationRequired,omitempty"`
	NotificationChannels []string `json:"notificationChannels,omitempty"`
	WithConfig           string   `json:"withConfig,omitempty"`
	Timing
}

// Deployment is the request for the deployment of a version that is the
// promotion.
func (r PromotionRequest) Deployment(version string) DeploymentRequest {
	return DeploymentRequest{
		Version: version, Strategy: r.Strategy, Recipe: r.Recipe, Description: r.Description, RollbackOnFailure: r.RollbackOnFailure,
		ValidationRequired: r.ValidationRequired, NotificationChannels: r.NotificationChannels, WithConfig: r.WithConfig, Force: r.Force, Reason: r.Reason,
		Timing: r.Timing,
	}
}

// Promotion is where a promoted release came from: the environment, by its
// name at that time, and the deployment that had brought the release there.
type Promotion struct {
	Environment  string `json:"environment"`
	DeploymentID string `json:"deploymentId,omitempty"` // empty: no deployment of what ran there stood any more
}

// Behind compares a stage with the one before it in the project's pipeline.
type Behind struct {
	Environment string `json:"environment"` // the stage before
	Releases    int    `json:"releases"`    // made after the one that runs here, up to the one that runs there; 0: there is nothing to promote
	Newest      string `json:"newest"`      // the version that runs there
}
