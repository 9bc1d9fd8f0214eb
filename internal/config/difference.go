package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Side is what is known of one of two environments that are compared.
type Side struct {
	Environment lockstep.Environment
	Config      lockstep.ConfigVersion  // stored: the newest, or the one that is to be compared
	Declared    lockstep.ConfigDocument // what the matrix says of it
	Running     *lockstep.ConfigVersion // of the revision that runs; nil: none
	Release     string                  // that runs
	Replicas    map[string]int          // by service, that a deployment or a scale has brought
}

// Base is what two environments stored when they were last brought together.
type Base struct {
	lockstep.DiffBase
	Source, Target lockstep.ConfigDocument // of the comparison's source and target then

	pairs map[string]pair // of both, once somebody has asked
}

// at is what both said of a path then.
func (b *Base) at(path string) pair {
	if b.pairs == nil {
		b.pairs = paired(leavesOf(b.Source, lockstep.ConfigDocument{}), leavesOf(b.Target, lockstep.ConfigDocument{}))
	}
	return b.pairs[path]
}

// Comparison is two environments, and what their differences are judged by.
type Comparison struct {
	Source, Target Side
	Base           *Base    // nil: they never were
	Specific       Patterns // paths that the matrix says differ by intention

	// SameSecret says that two secrets' values are one, without their
	// plaintext. Nil, and a false, say only that it is not known.
	SameSecret func(a, b lockstep.SecretRef) bool
}

// Differences classes everything in which two environments differ.
//
// Intended is what somebody declared: a path that the matrix's specific names,
// what it says in the environment's own block (variables, overrides of
// services, replicas, strategies), and what comes from the environment's type.
//
// Unpromoted is every other difference of what is stored. Who moved is judged
// by the last sync between the two: a side that says otherwise than it did
// then has changed since. Without one the later LastModified is taken for the
// side that moved, and where only one side says something, that one. A release
// that runs in one alone is unpromoted, too.
//
// Drifted is said of one environment by itself: the configuration version that
// its running revision was frozen from against the newest, path by path, and
// the replicas that it is to have against those that were brought. A revision is immutable
// and carries the number of its version, so that the two documents are all
// that can differ. A path may be drifted and differ as well.
func Differences(c Comparison) lockstep.EnvironmentDiff {
	out := lockstep.EnvironmentDiff{
		Source: c.Source.shown(), Target: c.Target.shown(), Differences: []lockstep.Difference{},
		Counts: map[lockstep.DifferenceClass]int{},
	}
	if c.Base != nil {
		out.Base = &c.Base.DiffBase
	}
	pairs := c.pairs()
	for _, path := range slices.Sorted(maps.Keys(pairs)) {
		p := pairs[path]
		if c.equal(p.source, p.target) {
			out.Same++
			continue
		}
		out.Differences = append(out.Differences, c.class(path, p))
	}
	extra, same := c.specs()
	out.Same += same
	out.Differences = append(out.Differences, extra...)
	if d := c.release(); d != nil {
		out.Differences = append(out.Differences, *d)
	}
	out.Differences = append(out.Differences, c.drift(c.Source)...)
	if c.Source.Environment.ID != c.Target.Environment.ID {
		out.Differences = append(out.Differences, c.drift(c.Target)...)
	}
	order := lockstep.DifferenceClasses()
	slices.SortStableFunc(out.Differences, func(a, b lockstep.Difference) int {
		if x, y := slices.Index(order, a.Class), slices.Index(order, b.Class); x != y {
			return x - y
		}
		if a.Environment != b.Environment { // of drifted ones: the source's first
			if a.Environment == c.Source.Environment.Name {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Path, b.Path)
	})
	for _, class := range order {
		out.Counts[class] = 0
	}
	for _, d := range out.Differences {
		out.Counts[d.Class]++
	}
	return out
}

func (s Side) shown() lockstep.DiffSide {
	out := lockstep.DiffSide{
		ID: s.Environment.ID, Name: s.Environment.Name, Type: s.Environment.Type, Release: s.Release, ConfigVersion: s.Config.Number,
	}
	if s.Running != nil {
		out.Running = s.Running.Number
	}
	return out
}

// A pair is what both sides store of one path; nil: nothing.
type pair struct{ source, target *leaf }

func (c Comparison) pairs() map[string]pair {
	return paired(leavesOf(c.Source.Config.Document, c.Source.Declared), leavesOf(c.Target.Config.Document, c.Target.Declared))
}

func paired(source, target map[string]*leaf) map[string]pair {
	out := make(map[string]pair, max(len(source), len(target)))
	for path, l := range source {
		out[path] = pair{source: l, target: target[path]}
	}
	for path, l := range target {
		if _, ok := source[path]; !ok {
			out[path] = pair{target: l}
		}
	}
	return out
}

// equal says that two leaves say the same. Of sealed values that are not one
// secret's one version it is what SameSecret knows.
func (c Comparison) equal(a, b *leaf) bool {
	switch {
	case a == nil || b == nil:
		return a == b
	case a.sensitive != b.sensitive:
		return false
	case !a.sensitive:
		return same(a.value, b.value)
	case a.secret == nil || b.secret == nil:
		return a.secret == b.secret
	case a.secret.ID == b.secret.ID:
		return a.secret.Version == b.secret.Version
	}
	return c.SameSecret != nil && c.SameSecret(*a.secret, *b.secret)
}

func (c Comparison) class(path string, p pair) lockstep.Difference {
	d := lockstep.Difference{Path: path, Class: lockstep.DifferenceIntended, Type: changeType(p.target, p.source)}
	d.Source, d.Target = display(p.source), display(p.target)
	d.Sensitive = p.source != nil && p.source.sensitive || p.target != nil && p.target.sensitive
	if d.Reason = c.intended(path, p); d.Reason != "" {
		return d
	}
	d.Class = lockstep.DifferenceUnpromoted
	c.moved(path, p, &d)
	return d
}

// intended says why a difference is meant to be, "" where nobody declared it.
func (c Comparison) intended(path string, p pair) string {
	if pattern := c.Specific.First(path); pattern != "" {
		return "the matrix says that " + pattern + " is specific"
	}
	var declared, typed []string
	for _, side := range []struct {
		name string
		leaf *leaf
	}{{c.Source.Environment.Name, p.source}, {c.Target.Environment.Name, p.target}} {
		switch {
		case side.leaf == nil:
		case side.leaf.declared:
			declared = append(declared, side.name)
		case side.leaf.level == lockstep.LevelType && c.Source.Environment.Type != c.Target.Environment.Type:
			typed = append(typed, string(side.leaf.variable.Owner))
		}
	}
	switch {
	case len(declared) > 0:
		return "the matrix says it for " + strings.Join(declared, " and ")
	case len(typed) > 0:
		return "it is said for type " + strings.Join(typed, " and ")
	}
	return ""
}

// moved says which side has changed, since when and by whom.
func (c Comparison) moved(path string, p pair, d *lockstep.Difference) {
	source, target := false, false
	since := ""
	if c.Base != nil {
		before := c.Base.at(path)
		source, target = !c.equal(p.source, before.source), !c.equal(p.target, before.target)
		since = fmt.Sprintf(" since the sync from %s to %s", c.Base.From, c.Base.To)
	}
	if !source && !target {
		source, target, since = later(p.source, p.target), later(p.target, p.source), ""
	}
	switch {
	case source && target:
		d.ChangedIn = lockstep.ChangedInBoth
		d.Reason = "changed in both" + since
	case source:
		d.ChangedIn = lockstep.ChangedInSource
		d.Reason = "changed in " + c.Source.Environment.Name + since
	case target:
		d.ChangedIn = lockstep.ChangedInTarget
		d.Reason = "changed in " + c.Target.Environment.Name + since
	default:
		d.Reason = "differs; which side changed is not recorded"
	}
	last := p.source
	if last == nil || p.target != nil && (target && !source || source == target && p.target.modified.After(last.modified)) {
		last = p.target
	}
	if last != nil && !last.modified.IsZero() && d.ChangedIn != "" {
		modified := last.modified
		d.LastModified, d.ModifiedBy = &modified, last.by
	}
}

// later says that a was written after b, or is there alone.
func later(a, b *leaf) bool {
	if a == nil || b == nil {
		return a != nil
	}
	return a.modified.After(b.modified)
}

// drift is where the configuration that runs in an environment is not the
// stored one.
func (c Comparison) drift(s Side) []lockstep.Difference {
	var out []lockstep.Difference
	if s.Running == nil {
		return out
	}
	if s.Running.Number != s.Config.Number {
		pairs := paired(leavesOf(s.Config.Document, s.Declared), leavesOf(s.Running.Document, s.Declared))
		for path, p := range pairs {
			if c.equal(p.source, p.target) {
				continue
			}
			out = append(out, lockstep.Difference{
				Path: path, Class: lockstep.DifferenceDrifted, Type: changeType(p.target, p.source), Environment: s.Environment.Name,
				Stored: display(p.source), Running: display(p.target),
				Sensitive: p.source != nil && p.source.sensitive || p.target != nil && p.target.sensitive,
				Reason:    fmt.Sprintf("%s stores configuration %d and runs %d", s.Environment.Name, s.Config.Number, s.Running.Number),
			})
		}
	}
	for service, n := range s.Replicas {
		if stored := s.Environment.Spec.ReplicasOf(service); stored != n {
			out = append(out, lockstep.Difference{
				Path: "services." + service + ".replicas", Class: lockstep.DifferenceDrifted, Type: lockstep.ConfigModify, Environment: s.Environment.Name,
				Stored: stored, Running: n, Reason: s.Environment.Name + " has not been deployed since",
			})
		}
	}
	return out
}

func (c Comparison) release() *lockstep.Difference {
	a, b := c.Source.Release, c.Target.Release
	if a == b {
		return nil
	}
	d := lockstep.Difference{Path: "release", Class: lockstep.DifferenceUnpromoted, Reason: "another release runs"}
	if a != "" {
		d.Source = a
	}
	if b != "" {
		d.Target = b
	}
	d.Type = lockstep.ConfigModify
	switch {
	case b == "":
		d.Type, d.Reason = lockstep.ConfigAdd, "nothing runs in "+c.Target.Environment.Name
	case a == "":
		d.Type, d.Reason = lockstep.ConfigRemove, "nothing runs in "+c.Source.Environment.Name
	}
	return &d
}

func changeType(from, to *leaf) lockstep.ConfigChangeType {
	switch {
	case from == nil:
		return lockstep.ConfigAdd
	case to == nil:
		return lockstep.ConfigRemove
	}
	return lockstep.ConfigModify
}

func display(l *leaf) any {
	switch {
	case l == nil:
		return nil
	case l.sensitive:
		return lockstep.Redacted
	}
	return l.value
}
