package lockstep

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Revision is everything that runs in an environment after a deployment: an
// immutable bundle, identified by the hash of its content (ADR 3). Rolling
// back returns all of it.
type Revision struct {
	ID            string          `json:"id"`
	EnvironmentID string          `json:"environmentId"`
	Hash          string          `json:"hash"`
	Content       RevisionContent `json:"content"`
	ReleaseID     string          `json:"releaseId"`
	CreatedAt     time.Time       `json:"createdAt"`
	CreatedBy     string          `json:"createdBy"`
}

// RevisionContent is what the hash covers. Replicas and approvals stand
// outside it: changing them makes no new revision.
type RevisionContent struct {
	Format   int               `json:"format"` // 1
	Release  string            `json:"release"`
	Config   int64             `json:"config"`            // number of the config version
	Services []ServiceSpec     `json:"services"`          // complete, sorted by name
	Secrets  map[string]int64  `json:"secrets,omitempty"` // key to version
	Flags    map[string]string `json:"flags,omitempty"`
}

// RevisionFormat is the format that NewRevisionContent writes.
const RevisionFormat = 1

// NewRevisionContent lays what the matrix says in a configuration over each of
// the release's service specs and fills {{version}}. What the configuration's
// variables come to, references and all, is internal/config's to say.
func NewRevisionContent(release Release, number int64, doc ConfigDocument) RevisionContent {
	c := RevisionContent{Format: RevisionFormat, Release: release.Version, Config: number}
	for _, spec := range release.Services {
		c.Services = append(c.Services, freezeService(spec, doc.Services[spec.Name], release.Version))
	}
	slices.SortFunc(c.Services, func(a, b ServiceSpec) int { return strings.Compare(a.Name, b.Name) })
	return c
}

func freezeService(spec ServiceSpec, over ServiceConfig, version string) ServiceSpec {
	fill := func(s string) string { return strings.ReplaceAll(s, "{{version}}", version) }
	if over.Command != nil {
		spec.Command = over.Command
	}
	if over.Routes != nil {
		spec.Routes = over.Routes
	}
	if over.Health != nil {
		spec.Health = *over.Health
	}
	if over.Resources != nil {
		spec.Resources = *over.Resources
	}
	if over.Validate != nil {
		spec.Validate = over.Validate
	}
	if over.User != "" {
		spec.User = over.User
	}
	env := maps.Clone(spec.Env)
	if env == nil {
		env = map[string]string{}
	}
	maps.Copy(env, over.Defaults)
	maps.Copy(env, over.Env)
	for k, v := range env {
		env[k] = fill(v)
	}
	spec.Env = env
	spec.Image = fill(spec.Image)
	spec.Health.Path = fill(spec.Health.Path)
	spec.Command = slices.Clone(spec.Command)
	for i, arg := range spec.Command {
		spec.Command[i] = fill(arg)
	}
	return spec
}

// SecretRefs are the values that all of it needs, each once.
func (c RevisionContent) SecretRefs() []SecretRef {
	var out []SecretRef
	for _, s := range c.Services {
		for _, ref := range s.SecretRefs() {
			if !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	}
	return out
}

// ShortHash is the part of a hash that people read and addresses carry:
// the first 12 hex digits.
func ShortHash(hash string) string {
	hash = strings.TrimPrefix(hash, "sha256:")
	return hash[:min(12, len(hash))]
}

// Group is the instances of one service that run the same thing. Its hash
// covers the spec and, through DependsOn, the groups it calls: two revisions
// share a group exactly if neither the service nor anything below it changed.
type Group struct {
	ID        string            `json:"id"` // <service>-<short hash>
	Service   string            `json:"service"`
	Hash      string            `json:"hash"`
	Spec      ServiceSpec       `json:"spec"`
	DependsOn map[string]string `json:"dependsOn,omitempty"` // service to group ID; the runtime injects <SERVICE>_URL for each
}

// Groups lists the content's groups, dependencies before dependents and
// otherwise by name. It fails with CodeInvalid on a cycle, which it names.
// A dependency that is no app service of the release (a database) is skipped.
func (c RevisionContent) Groups() ([]Group, error) {
	order, err := StartOrder(c.Services)
	if err != nil {
		return nil, err
	}
	byService := map[string]Group{}
	out := make([]Group, 0, len(order))
	for _, spec := range order {
		g := Group{Service: spec.Name, Spec: spec}
		for _, dep := range spec.DependsOn {
			if d, ok := byService[dep]; ok {
				if g.DependsOn == nil {
					g.DependsOn = map[string]string{}
				}
				g.DependsOn[dep] = d.ID
			}
		}
		// Routes and checks say who may call an instance, not what it is.
		identity := spec
		identity.Routes, identity.Validate = nil, nil
		g.Hash, err = Hash(struct {
			Spec      ServiceSpec       `json:"spec"`
			DependsOn map[string]string `json:"dependsOn"`
		}{identity, g.DependsOn})
		if err != nil {
			return nil, err
		}
		g.ID = spec.Name + "-" + ShortHash(g.Hash)
		byService[spec.Name] = g
		out = append(out, g)
	}
	return out, nil
}

// StartOrder sorts services so that each comes after those it depends on,
// and by name where that leaves a choice. A cycle is a CodeInvalid error
// that names it: "backend → worker → backend".
func StartOrder(services []ServiceSpec) ([]ServiceSpec, error) {
	byName := make(map[string]ServiceSpec, len(services))
	for _, s := range services {
		byName[s.Name] = s
	}
	var (
		out   []ServiceSpec
		done  = map[string]bool{}
		stack []string
		visit func(string) error
	)
	visit = func(name string) error {
		if done[name] {
			return nil
		}
		if i := slices.Index(stack, name); i >= 0 {
			cycle := strings.Join(append(slices.Clone(stack[i:]), name), " → ")
			return Invalid("services."+name+".dependsOn", "services depend on each other in a circle: %s", cycle)
		}
		stack = append(stack, name)
		deps := slices.Clone(byName[name].DependsOn)
		slices.Sort(deps)
		for _, dep := range deps {
			if _, ours := byName[dep]; ours {
				if err := visit(dep); err != nil {
					return err
				}
			}
		}
		stack = stack[:len(stack)-1]
		done[name] = true
		out = append(out, byName[name])
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// InstanceID names replica index (from 0) of a group.
func InstanceID(group string, index int) string { return group + "-" + strconv.Itoa(index) }
