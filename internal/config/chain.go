package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Setting is what a document is resolved for.
type Setting struct {
	Project     string
	Environment string
	Type        lockstep.EnvironmentType
	Release     string            // "": none yet; {{version}} stays as it is
	Number      int64             // of the config version
	Variables   map[string]string // given with the deployment
}

// said is one variable among all that say something about its key for one
// service.
type said struct {
	v    *lockstep.Variable
	rank int
	next int // the one that said the same key before it; -1: none
}

// chains are all variables that one service may get, by key.
type chains struct {
	all  []said
	head map[string]int // the last in all of each key
}

func levelRank(l lockstep.VariableLevel) int {
	switch l {
	case lockstep.LevelBuiltin:
		return 0
	case lockstep.LevelProject:
		return 1
	case lockstep.LevelType:
		return 2
	case lockstep.LevelParent:
		return 3
	case lockstep.LevelEnvironment:
		return 4
	case lockstep.LevelDeployment:
		return 5
	}
	return 0
}

func scopeRank(s lockstep.VariableScope) int {
	switch s {
	case lockstep.ScopeFeature:
		return 1
	case lockstep.ScopeService:
		return 2
	case lockstep.ScopeGlobal, lockstep.ScopeDeployment:
	}
	return 0
}

// rankOf orders variables: the greater wins. Of two in one slot what a person
// or a tool set wins over what the matrix says.
func rankOf(v *lockstep.Variable) int {
	rank := 8*levelRank(v.Level) + 2*scopeRank(v.Scope)
	if v.Source != lockstep.SourceImport || v.ModifiedBy != "" {
		rank++
	}
	return rank
}

// Sort puts variables into the order in which they stand in a document: the
// later win.
func Sort(variables []lockstep.Variable) {
	slices.SortFunc(variables, func(a, b lockstep.Variable) int {
		if d := rankOf(&a) - rankOf(&b); d != 0 {
			return d
		}
		if d := strings.Compare(a.Target, b.Target); d != 0 {
			return d
		}
		return strings.Compare(a.Key, b.Key)
	})
}

func (c *chains) add(v *lockstep.Variable) {
	head, ok := c.head[v.Key]
	if !ok {
		head = -1
	}
	c.all = append(c.all, said{v, rankOf(v), head})
	c.head[v.Key] = len(c.all) - 1
}

// of lists what is said of a key, the one that wins first.
func (c *chains) of(key string) []said {
	at, ok := c.head[key]
	if !ok {
		return nil
	}
	var out []said
	for ; at >= 0; at = c.all[at].next {
		out = append(out, c.all[at])
	}
	slices.SortStableFunc(out, func(a, b said) int { return b.rank - a.rank })
	return out
}

// winner is the one of of(key) that comes first.
func (c *chains) winner(key string) *said {
	at, ok := c.head[key]
	if !ok {
		return nil
	}
	best := &c.all[at]
	for at = best.next; at >= 0; at = c.all[at].next {
		if c.all[at].rank > best.rank {
			best = &c.all[at]
		}
	}
	return best
}

// chainsOf gathers what a service may get. released is what the release says.
func chainsOf(doc lockstep.ConfigDocument, service string, released map[string]string, in Setting) *chains {
	over := doc.Services[service]
	n := len(doc.Variables) + len(over.Defaults) + len(over.Env) + len(released) + len(in.Variables) + 8
	c := &chains{all: make([]said, 0, n), head: make(map[string]int, n)}
	for key, value := range builtins(service, in) {
		c.add(&lockstep.Variable{
			Key: key, Value: value, Type: lockstep.VariableString, Scope: lockstep.ScopeGlobal,
			Source: lockstep.SourceGenerated, Level: lockstep.LevelBuiltin, Owner: "lockstep",
		})
	}
	matrix := func(level lockstep.VariableLevel, owner string, env map[string]string) {
		for _, key := range slices.Sorted(maps.Keys(env)) {
			v := FromMatrix(level, owner, service, key, env[key])
			c.add(&v)
		}
	}
	matrix(lockstep.LevelProject, in.Project, released)
	matrix(lockstep.LevelProject, in.Project, over.Defaults)
	matrix(lockstep.LevelEnvironment, in.Environment, over.Env)
	for i := range doc.Variables {
		v := &doc.Variables[i]
		switch v.Scope {
		case lockstep.ScopeService:
			if v.Target != service {
				continue
			}
		case lockstep.ScopeFeature:
			if !featureOn(doc, v.Target) {
				continue
			}
		case lockstep.ScopeGlobal, lockstep.ScopeDeployment:
		}
		c.add(v)
	}
	for _, key := range slices.Sorted(maps.Keys(in.Variables)) {
		c.add(&lockstep.Variable{
			Key: key, Value: in.Variables[key], Type: lockstep.VariableString, Scope: lockstep.ScopeDeployment,
			Source: lockstep.SourceManual, Level: lockstep.LevelDeployment, Owner: "deployment",
		})
	}
	return c
}

// FromMatrix is a variable as the matrix says it of a service.
func FromMatrix(level lockstep.VariableLevel, owner, service, key, value string) lockstep.Variable {
	return lockstep.Variable{
		Key: key, Value: value, Type: lockstep.VariableString, Scope: lockstep.ScopeService, Target: service,
		Source: lockstep.SourceImport, Level: level, Owner: owner,
	}
}

// builtins are what a value may refer to although nobody has said it. They
// are given to nobody by themselves: those that differ from one deployment to
// the next would make every service new each time.
func builtins(service string, in Setting) map[string]string {
	out := map[string]string{
		"LOCKSTEP_PROJECT": in.Project, "LOCKSTEP_ENVIRONMENT": in.Environment, "LOCKSTEP_ENVIRONMENT_TYPE": string(in.Type),
		"LOCKSTEP_SERVICE": service, "LOCKSTEP_VERSION": "{{version}}", "LOCKSTEP_CONFIG_VERSION": "0",
	}
	if in.Number > 0 {
		out["LOCKSTEP_CONFIG_VERSION"] = itoa(in.Number)
	}
	return out
}

// featureOn says that a feature flag exists and is enabled.
func featureOn(doc lockstep.ConfigDocument, feature string) bool {
	features, _ := doc.Sections[lockstep.SectionFeatures].(map[string]any)
	flags, _ := features["flags"].(map[string]any)
	flag, _ := flags[feature].(map[string]any)
	on, _ := flag["enabled"].(bool)
	return on
}
