package lockstep

// RuntimeKind says what runs an environment's services.
type RuntimeKind string

// The runtimes. Only process is built; the others are refused with
// CodeUnsupported when a deployment asks for them.
const (
	RuntimeProcess    RuntimeKind = "process"
	RuntimeDocker     RuntimeKind = "docker"
	RuntimeKubernetes RuntimeKind = "kubernetes"
)

// ValidationLevel is B's validation_required: what a deployment must prove.
// docs/deploying.md says what each level checks.
type ValidationLevel string

// The levels. Each includes the one before it.
const (
	ValidationBasic         ValidationLevel = "basic"         // infrastructure, applications
	ValidationStandard      ValidationLevel = "standard"      // + networking
	ValidationComprehensive ValidationLevel = "comprehensive" // + security, monitoring
)

// EnvironmentSpec is what the matrix says of one environment, resolved: the
// project's defaults are already in it. Configuration (variables) is not:
// that is a ConfigVersion.
type EnvironmentSpec struct {
	Runtime          RuntimeKind        `json:"runtime"`
	Region           string             `json:"region,omitempty"` // regions.primary
	Strategy         StrategySpec       `json:"strategy"`
	Validation       ValidationLevel    `json:"validation"`
	ApprovalRequired bool               `json:"approvalRequired"`
	Prerequisites    Prerequisites      `json:"prerequisites,omitzero"`
	Automation       Automation         `json:"automation,omitzero"`
	Hooks            []Hook             `json:"hooks,omitempty"` // those of a stage run in this order
	Alerts           []AlertRule        `json:"alerts,omitempty"`
	Domains          []string           `json:"domains,omitempty"`
	Parent           string             `json:"parent,omitempty"` // the environment whose own variables it has too
	Replicas         map[string]int     `json:"replicas"`         // by service; outside the revision
	Dependencies     []DependencyRecord `json:"dependencies,omitempty"`
	Recorded         map[string]any     `json:"recorded,omitempty"` // B's blocks as written: regions, clusters, databases, storage, networking, monitoring, security; "recorded, not provisioned"
}

// ReplicasOf is how many instances of a service the environment wants: one
// where it does not say.
func (s EnvironmentSpec) ReplicasOf(service string) int {
	if n, ok := s.Replicas[service]; ok {
		return n
	}
	return 1
}

// DependencyRecord is a service that the environment depends on and that we
// do not run: B's databases.primary (database), databases.cache (cache),
// storage. Without an endpoint it is unmanaged: shown, gating nothing.
type DependencyRecord struct {
	Name     string         `json:"name"`
	Type     ServiceType    `json:"type"`
	Endpoint string         `json:"endpoint,omitempty"`
	Config   map[string]any `json:"config,omitempty"`
	Check    *CheckSpec     `json:"check,omitempty"` // nil: as the endpoint's scheme says
}

// StrategySpec says which strategies an environment allows and how they run.
// Zero durations mean the default named in each comment.
type StrategySpec struct {
	Primary      Strategy   `json:"primary"`
	Alternatives []Strategy `json:"alternatives,omitempty"`
	Recipes      []Recipe   `json:"recipes,omitempty"` // custom: those that may be used, the default first
	Weights      []int      `json:"weights,omitempty"` // canary: shares in percent; 5, 25, 50, 100
	Pause        Duration   `json:"pause,omitempty"`   // canary: how long each share is watched at least; 30 seconds
	Analysis     Analysis   `json:"analysis,omitzero"` // canary
	Sticky       *Sticky    `json:"sticky,omitempty"`  // nil: each request is led by itself
	Testers      *Testers   `json:"testers,omitempty"` // nil: there are none
	Mirror       int        `json:"mirror,omitempty"`  // canary: percent of safe requests that are copied to the new revision while its share is smaller; 0: none
	// Of rolling: how many instances of a service more, or fewer, than wanted
	// may run meanwhile. Both 0: one more.
	MaxSurge       int       `json:"maxSurge,omitempty"`
	MaxUnavailable int       `json:"maxUnavailable,omitempty"`
	WarmFor        *Duration `json:"warmFor,omitempty"`      // nil: 10 minutes; 0: the old side stops at once
	DrainTimeout   Duration  `json:"drainTimeout,omitempty"` // 30 seconds
	HoldTimeout    Duration  `json:"holdTimeout,omitempty"`  // 30 seconds; recreate
	StableFor      Duration  `json:"stableFor,omitempty"`    // 2 seconds; how long validation watches for restarts
}

// Analysis says when a canary is worse than what it is compared with. Zeros
// mean the default named in each comment.
type Analysis struct {
	MinRequests   int      `json:"minRequests,omitempty"`   // to each side, before a canary may pass; 100
	ErrorMargin   int      `json:"errorMargin,omitempty"`   // so many percentage points more failed requests matter; 2
	LatencyMargin int      `json:"latencyMargin,omitempty"` // a request is slow that is so many percent above the baseline's p95; 25
	Deadline      Duration `json:"deadline,omitempty"`      // how long a share may wait for evidence, and then fails; 10 minutes

	Rules  []Rule           `json:"rules,omitempty"`  // beside these thresholds
	Probes *SyntheticProbes `json:"probes,omitempty"` // nil: users' requests alone decide
}

// Rule is what must be true of a canary's figures beside the baseline's.
type Rule struct {
	Name string `json:"name"`
	Expr string `json:"expr"` // docs/deploying.md says over what
}

// Allows says whether the matrix lets s be used here.
func (s StrategySpec) Allows(strategy Strategy) bool {
	if strategy == s.Primary {
		return true
	}
	for _, a := range s.Alternatives {
		if a == strategy {
			return true
		}
	}
	return false
}

// The defaults of an Analysis.
const (
	DefaultMinRequests   = 100
	DefaultErrorMargin   = 2
	DefaultLatencyMargin = 25
	DefaultProbeRate     = 5
)

// DefaultWeights are the shares of a canary, in percent.
func DefaultWeights() []int { return []int{5, 25, 50, 100} }
