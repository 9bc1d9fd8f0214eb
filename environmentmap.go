package lockstep

// EnvironmentMap is an environment's services, what they depend on, and who
// calls whom, as far as it is said or seen.
type EnvironmentMap struct {
	ID          string    `json:"id"`
	Environment string    `json:"environment"`
	Nodes       []MapNode `json:"nodes"` // the users first, then services, then dependencies, by name
	Edges       []MapEdge `json:"edges"`
	Unknown     string    `json:"unknown,omitempty"` // why what happens now is not shown
}

// MapUsers is the node that stands for whoever sends requests from outside.
const MapUsers = "users"

// MapNode is a service, a dependency, or the users.
type MapNode struct {
	Name     string       `json:"name"`
	Type     ServiceType  `json:"type,omitempty"` // "": the users
	Status   HealthStatus `json:"status,omitempty"`
	Disabled bool         `json:"disabled,omitempty"`
	Managed  bool         `json:"managed"` // false: nobody checks it
	Ready    int          `json:"ready"`
	Desired  int          `json:"desired"`
	Version  string       `json:"version,omitempty"` // of a service its release's, of a dependency as it says
	Figure   string       `json:"figure,omitempty"`
	Routes   []string     `json:"routes,omitempty"`
	Requests float64      `json:"requestsPerSecond"`
	Errors   float64      `json:"errorsPerSecond"`
}

// MapEdgeKind says how one node is known to need another.
type MapEdgeKind string

// The kinds.
const (
	EdgeRoute   MapEdgeKind = "route"      // users' requests are led to it
	EdgeDepends MapEdgeKind = "depends_on" // the matrix says so
	EdgeUses    MapEdgeKind = "uses"       // a variable of the service names the dependency's endpoint
)

// MapEdgeKinds lists the kinds.
func MapEdgeKinds() []MapEdgeKind { return []MapEdgeKind{EdgeRoute, EdgeDepends, EdgeUses} }

// MapEdge leads from who asks to who answers.
type MapEdge struct {
	From     string      `json:"from"`
	To       string      `json:"to"`
	Kind     MapEdgeKind `json:"kind"`
	Label    string      `json:"label,omitempty"`   // a path, or a variable's name
	Requests float64     `json:"requestsPerSecond"` // of a route; other calls are not counted
}
