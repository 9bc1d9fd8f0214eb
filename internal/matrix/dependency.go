package matrix

import (
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// dependency is something that an environment depends on and that we do not
// run: databases.<name>, storage, or dependencies.<name>.
type dependency struct {
	at     place
	record lockstep.DependencyRecord
}

// The names that the blocks of the environment matrix give; a service may
// depend on them in any environment, also where a block is missing.
const (
	nameDatabase = "database" // databases.primary
	nameCache    = "cache"    // databases.cache
	nameStorage  = "storage"  // storage
)

// dependencyTypes are the types that a dependency may have: all but app,
// which is what we deploy.
var dependencyTypes = []lockstep.ServiceType{
	lockstep.ServiceDatabase, lockstep.ServiceCache, lockstep.ServiceStorage, lockstep.ServiceQueue,
	lockstep.ServiceAPI, lockstep.ServiceCDN, lockstep.ServiceSearch, lockstep.ServiceMonitoring, lockstep.ServiceCustom,
}

func readDatabases(v value, e *environment) {
	block, ok := v.record()
	if !ok || block == nil {
		return
	}
	e.record("databases", block)
	fields, _ := v.fields()
	for _, f := range fields {
		name, kind := f.name, lockstep.ServiceDatabase
		switch name {
		case "primary":
			name = nameDatabase
		case "cache":
			kind = lockstep.ServiceCache
		}
		e.depend(f.key, f.value, name, kind)
	}
}

func readStorage(v value, e *environment) {
	block, ok := v.record()
	if !ok || block == nil {
		return
	}
	e.record("storage", block)
	e.depend(v.at(), v, nameStorage, lockstep.ServiceStorage)
}

// depend adds a block of the matrix as a dependency; its endpoint, if any,
// makes it managed.
func (e *environment) depend(at place, v value, name string, kind lockstep.ServiceType) {
	if v.n.kind == null || !v.d.validate(at, dependencyName(name)) {
		return
	}
	fields, ok := v.fields()
	if !ok {
		return
	}
	record := lockstep.DependencyRecord{Name: name, Type: kind}
	config := map[string]any{}
	check := -1
	for i, f := range fields {
		switch f.name {
		case "endpoint":
			record.Endpoint = f.endpoint()
			continue
		case "check":
			check = i
			continue
		}
		if plain, ok := f.n.plain(); ok {
			config[f.name] = plain
		}
	}
	if len(config) > 0 {
		record.Config = config
	}
	if check >= 0 {
		readCheck(fields[check].value, &record)
	}
	e.dependencies = append(e.dependencies, dependency{at, record})
}

// dependencyKeys are the keys of dependencies.<name>.
var dependencyKeys = keys[lockstep.DependencyRecord]{
	{"type", func(v value, r *lockstep.DependencyRecord) { setChoice(v, "type", dependencyTypes, &r.Type) }},
	{"endpoint", func(v value, r *lockstep.DependencyRecord) { r.Endpoint = v.endpoint() }},
	{"config", func(v value, r *lockstep.DependencyRecord) {
		if block, ok := v.record(); ok && len(block) > 0 {
			r.Config = maps.Clone(block)
		}
	}},
	{"version", func(v value, r *lockstep.DependencyRecord) {
		s, ok := v.filled()
		if !ok {
			return
		}
		if _, twice := r.Config["version"]; twice {
			v.wrong("remove one", "config says a version as well")
			return
		}
		if r.Config == nil {
			r.Config = map[string]any{}
		}
		r.Config["version"] = s
	}},
	{"check", readCheck},
}

func readDependencies(v value, e *environment) {
	fields, ok := v.fields()
	if !ok {
		return
	}
	for _, f := range fields {
		if !v.d.validate(f.key, dependencyName(f.name)) {
			continue
		}
		r := lockstep.DependencyRecord{Name: f.name, Type: typeOfDependency(f.name)}
		dependencyKeys.read(f.value, &r)
		e.dependencies = append(e.dependencies, dependency{f.key, r})
	}
}

// dependencyName asks of a dependency what is asked of a service: services
// name it in dependsOn.
func dependencyName(name string) error {
	if err := lockstep.ValidateServiceName(name); err != nil {
		return lockstep.Invalid("dependencies", "dependency name %q: use at most 30 lower-case letters, digits and hyphens, starting with a letter", clip(name))
	}
	return nil
}

// typeOfDependency is the type that a name says plainly (queue, cdn), and
// custom otherwise.
func typeOfDependency(name string) lockstep.ServiceType {
	if t := lockstep.ServiceType(name); slices.Contains(dependencyTypes, t) {
		return t
	}
	return lockstep.ServiceCustom
}
