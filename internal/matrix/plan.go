package matrix

import "slices"

// Plan is what applying a matrix would do.
type Plan struct {
	Changes []Change `json:"changes"`
}

// Change is what would happen to one thing.
type Change struct {
	Action Action  `json:"action"`
	Kind   Kind    `json:"kind"`
	Name   string  `json:"name"`
	Fields []Field `json:"fields,omitempty"` // by path; none for a deletion
}

// Action is what a change does.
type Action string

// The actions.
const (
	Create Action = "create"
	Modify Action = "change"
	Delete Action = "delete"
)

// Kind is what a change is about.
type Kind string

// The kinds.
const (
	KindProject     Kind = "project"
	KindService     Kind = "service"
	KindEnvironment Kind = "environment"
)

// Field is one value that changes. Path is its place below the thing, as in
// the file: services.backend.env.LOG_LEVEL. From and To are JSON values; nil
// is none.
type Field struct {
	Path  string `json:"path"`
	From  any    `json:"from,omitempty"`
	To    any    `json:"to,omitempty"`
	Ships Ships  `json:"ships"`
}

// Ships says when a recorded change reaches what runs.
type Ships string

// When a change ships.
const (
	ShipsNow        Ships = "now"                                       // it is about what we do, not about what runs
	ShipsRelease    Ships = "next release"                              // a release freezes its service specs
	ShipsDeployment Ships = "next deployment"                           // of whatever release
	ShipsConfig     Ships = "next deployment with --with-config latest" // other deployments keep the configuration that runs
)

// Empty says that nothing would change.
func (p Plan) Empty() bool { return len(p.Changes) == 0 }

// Count is how many changes are of one action.
func (p Plan) Count(a Action) int {
	n := 0
	for _, c := range p.Changes {
		if c.Action == a {
			n++
		}
	}
	return n
}

// Deleted names the environments that would be deleted.
func (p Plan) Deleted() []string {
	var names []string
	for _, c := range p.Changes {
		if c.Action == Delete && c.Kind == KindEnvironment {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return names
}
