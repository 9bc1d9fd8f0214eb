package matrix

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Diff is what turns old into wanted. A zero old is a project that does not
// exist yet. Either may have gone through JSON since it was parsed.
func Diff(old, wanted Desired) Plan {
	p := Plan{Changes: []Change{}}
	p.project(old, wanted)
	p.services(old, wanted)
	p.environments(old, wanted)
	return p
}

func (p *Plan) add(a Action, k Kind, name string, fields []Field) {
	if a == Modify && len(fields) == 0 {
		return
	}
	p.Changes = append(p.Changes, Change{Action: a, Kind: k, Name: name, Fields: fields})
}

func (p *Plan) project(old, wanted Desired) {
	tree := func(d Desired) branch {
		b := branch{}
		b.put("pipeline", anyList(d.Pipeline))
		b.put("specific", anyList(d.Specific))
		b.put("recipes", recipeTrees(d.Recipes))
		if old.Project != "" {
			b.put("project", d.Project)
		}
		return b
	}
	action := Modify
	if old.Project == "" && wanted.Project != "" {
		action = Create
	}
	p.add(action, KindProject, wanted.Project, compare(tree(old), tree(wanted), func(string) Ships { return ShipsNow }))
}

func (p *Plan) services(old, wanted Desired) {
	trees := func(d Desired) map[string]branch {
		out := make(map[string]branch, len(d.Services))
		for _, s := range d.Services {
			out[s.Name] = serviceTree(s, d.Artifacts[s.Name])
		}
		return out
	}
	before, after := trees(old), trees(wanted)
	for _, name := range unionKeys(before, after) {
		action := actionOf(before[name] != nil, after[name] != nil)
		var fields []Field
		if action != Delete {
			fields = compare(before[name], after[name], func(string) Ships { return ShipsRelease })
		}
		p.add(action, KindService, name, fields)
	}
}

func (p *Plan) environments(old, wanted Desired) {
	before := make(map[string]DesiredEnvironment, len(old.Environments))
	for _, e := range old.Environments {
		before[e.Name] = e
	}
	stays := make(map[string]bool, len(wanted.Environments))
	for _, e := range wanted.Environments {
		stays[e.Name] = true
		was, existed := before[e.Name]
		if existed {
			p.add(Modify, KindEnvironment, e.Name, compare(environmentTree(was), environmentTree(e), environmentShips))
		} else {
			p.add(Create, KindEnvironment, e.Name, compare(nil, environmentTree(e), firstShips))
		}
	}
	for _, e := range old.Environments {
		if !stays[e.Name] {
			p.add(Delete, KindEnvironment, e.Name, nil)
		}
	}
}

func actionOf(before, after bool) Action {
	switch {
	case !before:
		return Create
	case !after:
		return Delete
	default:
		return Modify
	}
}

func environmentShips(path string) Ships {
	top, _, _ := strings.Cut(path, ".")
	switch top {
	case "services":
		return ShipsConfig
	case "replicas", "runtime", "domains":
		return ShipsDeployment
	default:
		return ShipsNow
	}
}

// firstShips: the first deployment to an environment takes its newest
// configuration by itself.
func firstShips(path string) Ships {
	if s := environmentShips(path); s != ShipsConfig {
		return s
	}
	return ShipsDeployment
}

// compare lists the leaves in which two trees differ, by path.
func compare(old, wanted branch, ships func(path string) Ships) []Field {
	c := comparison{ships: ships}
	c.branches("", old, wanted)
	slices.SortStableFunc(c.fields, func(a, b Field) int { return cmp.Compare(a.rank(), b.rank()) })
	return c.fields
}

// leading are the keys of an environment that a plan shows first; the others
// follow by name.
var leading = []string{"type", "description", "runtime", "strategy", "validation", "approvals", "domains", "replicas", "services"}

func (f Field) rank() int {
	top, _, _ := strings.Cut(f.Path, ".")
	if i := slices.Index(leading, top); i >= 0 {
		return i
	}
	return len(leading)
}

type comparison struct {
	ships  func(string) Ships
	fields []Field
}

func (c *comparison) branches(path string, old, wanted map[string]any) {
	for _, key := range unionKeys(old, wanted) {
		c.values(join(path, key), old[key], wanted[key])
	}
}

func (c *comparison) values(path string, old, wanted any) {
	oldBranch, wasBranch := old.(branch)
	newBranch, isBranch := wanted.(branch)
	if (wasBranch || old == nil) && (isBranch || wanted == nil) && (wasBranch || isBranch) {
		before := len(c.fields)
		c.branches(path, oldBranch, newBranch)
		if len(c.fields) == before && (old == nil) != (wanted == nil) {
			c.leaf(path, old, wanted) // an empty one came or went: health: {}
		}
		return
	}
	oldMap, wasMap := old.(map[string]any)
	newMap, isMap := wanted.(map[string]any)
	if wasMap && isMap {
		c.branches(path, oldMap, newMap)
		return
	}
	oldList, wasList := old.([]any)
	newList, isList := wanted.([]any)
	if wasList && isList && len(oldList) == len(newList) && slices.ContainsFunc(newList, isMapping) {
		for i := range newList {
			c.values(fmt.Sprintf("%s[%d]", path, i), oldList[i], newList[i])
		}
		return
	}
	c.leaf(path, old, wanted)
}

func isMapping(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

func (c *comparison) leaf(path string, old, wanted any) {
	from, to := normal(old), normal(wanted)
	if !reflect.DeepEqual(from, to) {
		c.fields = append(c.fields, Field{Path: path, From: from, To: to, Ships: c.ships(path)})
	}
}

func unionKeys[V any](a, b map[string]V) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}
