package lockstep

// Routing is how an environment's requests go: host → revision by weight →
// service by the longest matching path prefix → a ready instance of its group.
type Routing struct {
	Project     string           `json:"project"`
	Environment string           `json:"environment"`         // name
	Domains     []string         `json:"domains,omitempty"`   // exact hosts beside <environment>.<project>.localhost; lower case, without port
	Live        bool             `json:"live,omitempty"`      // <project>.localhost leads here too
	LiveEpoch   int64            `json:"liveEpoch,omitempty"` // of several that are Live the highest one has the address; it only grows
	Drill       bool             `json:"drill,omitempty"`     // the project's DrillHost leads here
	Revisions   []RevisionRoutes `json:"revisions"`
	Splits      []Split          `json:"splits"`                // of revisions above; empty or all zero: 503 with a page that says so
	Disabled    []string         `json:"disabled,omitempty"`    // services whose requests are answered 503 with a page that says so
	Maintenance *Maintenance     `json:"maintenance,omitempty"` // requests are answered 503 with a page that says so, before anything else; probes are not
	Sticky      *Sticky          `json:"sticky,omitempty"`      // several revisions with a weight: each client stays with one
	Testers     *TesterRoute     `json:"testers,omitempty"`
	Mirror      *Mirror          `json:"mirror,omitempty"`
	HoldFor     Duration         `json:"holdFor,omitempty"` // above 0: new requests wait, each at most so long, until a Routing without it
}

// RevisionRoutes is what a revision offers to requests.
type RevisionRoutes struct {
	Revision string         `json:"revision"` // ID
	Hash     string         `json:"hash"`     // short, for people and metrics
	Release  string         `json:"release"`
	Services []ServiceRoute `json:"services"`
}

// ServiceRoute leads path prefixes to a group. "/api" matches /api and
// /api/…, not /apix. A service without prefixes is not reached from outside.
type ServiceRoute struct {
	Service  string   `json:"service"`
	Group    string   `json:"group"`
	Prefixes []string `json:"prefixes"`
}
