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
	next int // in all: the one that said the same key before it; -1: none
}

// A chain is what is said of one key.
type chain struct {
	key       string
	won, last int      // in all: what wins, what was said last
	asked     bool     // what it comes to
	comesTo   expanded // once it was
}

// chains are all variables that one service may get. Keys are looked up by
// name once and are numbers from then on: a configuration is resolved for each
// service of each environment that a change reaches.
type chains struct {
	all   []said
	keys  []chain
	index map[string]int // of keys, by name
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
	rank, this := rankOf(v), len(c.all)
	at, known := c.index[v.Key]
	if !known {
		c.index[v.Key] = len(c.keys)
		c.keys = append(c.keys, chain{key: v.Key, won: this, last: this})
		c.all = append(c.all, said{v, rank, -1})
		return
	}
	k := &c.keys[at]
	c.all = append(c.all, said{v, rank, k.last})
	k.last = this
	if rank >= c.all[k.won].rank {
		k.won = this
	}
}

// find is a key's number; -1: nothing is said of it.
func (c *chains) find(key string) int {
	if at, ok := c.index[key]; ok {
		return at
	}
	return -1
}

func (c *chains) names() []string {
	out := make([]string, len(c.keys))
	for i, k := range c.keys {
		out[i] = k.key
	}
	return out
}

// sorted are the numbers of all keys, by name.
func (c *chains) sorted() []int {
	out := make([]int, len(c.keys))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(a, b int) int { return strings.Compare(c.keys[a].key, c.keys[b].key) })
	return out
}

// of lists what is said of a key, the one that wins first.
func (c *chains) of(key int) []said {
	var out []said
	for at := c.keys[key].last; at >= 0; at = c.all[at].next {
		out = append(out, c.all[at])
	}
	slices.SortStableFunc(out, func(a, b said) int { return b.rank - a.rank })
	return out
}

// winner is the one of of(key) that comes first.
func (c *chains) winner(key int) *said { return &c.all[c.keys[key].won] }

// chainsOf gathers what a service may get. released is what the release says.
func chainsOf(doc lockstep.ConfigDocument, service string, released map[string]string, in Setting) *chains {
	over := doc.Services[service]
	always := builtins(service, in)
	n := len(doc.Variables) + len(over.Defaults) + len(over.Env) + len(released) + len(in.Variables) + len(always)
	// Several levels say most keys: half as many keys as variables is enough.
	c := &chains{all: make([]said, 0, n), keys: make([]chain, 0, n/2), index: make(map[string]int, n/2)}
	for i := range always {
		c.add(&always[i])
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
func builtins(service string, in Setting) []lockstep.Variable {
	number := "0"
	if in.Number > 0 {
		number = itoa(in.Number)
	}
	said := [...][2]string{
		{"LOCKSTEP_PROJECT", in.Project},
		{"LOCKSTEP_ENVIRONMENT", in.Environment},
		{"LOCKSTEP_ENVIRONMENT_TYPE", string(in.Type)},
		{"LOCKSTEP_SERVICE", service},
		{"LOCKSTEP_VERSION", "{{version}}"},
		{"LOCKSTEP_CONFIG_VERSION", number},
	}
	out := make([]lockstep.Variable, len(said))
	for i, s := range said {
		out[i] = lockstep.Variable{
			Key: s[0], Value: s[1], Type: lockstep.VariableString, Scope: lockstep.ScopeGlobal,
			Source: lockstep.SourceGenerated, Level: lockstep.LevelBuiltin, Owner: "lockstep",
		}
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
