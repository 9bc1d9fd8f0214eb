package engine

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

func noSecrets(context.Context, []lockstep.SecretRef) (map[lockstep.SecretRef]lockstep.Sensitive, error) {
	return nil, lockstep.Errorf(lockstep.CodeUnsupported, "this server keeps no secrets, and the revision needs some")
}

// withSecrets opens what groups need, each value once, on their way to the
// runtime. Nothing else in this package sees the specs that it returns.
func (e effect) withSecrets(ctx context.Context, groups []lockstep.Group) ([]lockstep.Group, error) {
	specs := make([]lockstep.ServiceSpec, len(groups))
	for i, g := range groups {
		specs[i] = g.Spec
	}
	values, err := e.opened(ctx, specs...)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(groups)
	for i := range out {
		out[i].Spec = out[i].Spec.WithSecrets(values)
	}
	return out, nil
}

// opened are the values that specs need.
func (e effect) opened(ctx context.Context, specs ...lockstep.ServiceSpec) (map[lockstep.SecretRef]lockstep.Sensitive, error) {
	refs := lockstep.RevisionContent{Services: specs}.SecretRefs()
	if len(refs) == 0 {
		return nil, nil
	}
	return e.secrets(ctx, refs)
}

// shortestMask is how long a value, or a line of it, has to be to be looked
// for: a shorter one would blot out what has nothing to do with it.
const shortestMask = 6 // characters

// mask takes values out of what a hook wrote, before anybody keeps it. A nil
// one has nothing to look for.
type mask struct{ replacer *strings.Replacer }

// newMask looks for values and for their lines. Longer ones go first, so that
// none leaves a part of another.
func newMask(values map[lockstep.SecretRef]lockstep.Sensitive) *mask {
	var texts []string
	for _, value := range values {
		texts = append(texts, value.Reveal())
		for line := range strings.Lines(value.Reveal()) {
			texts = append(texts, strings.TrimRight(line, "\r\n"))
		}
	}
	texts = slices.DeleteFunc(texts, func(text string) bool { return utf8.RuneCountInString(text) < shortestMask })
	if len(texts) == 0 {
		return nil
	}
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(texts))
	for _, text := range texts {
		pairs = append(pairs, text, lockstep.Redacted)
	}
	return &mask{strings.NewReplacer(pairs...)}
}

func (m *mask) text(text string) string {
	if m == nil {
		return text
	}
	return m.replacer.Replace(text)
}

// result is a job's with everything masked that it wrote.
func (m *mask) result(r runtime.JobResult) runtime.JobResult {
	if m == nil {
		return r
	}
	r.Output, r.Fault, r.Answer = m.text(r.Output), m.text(r.Fault), m.text(r.Answer)
	results := make(map[string]string, len(r.Results))
	for name, value := range r.Results {
		results[name] = m.text(value)
	}
	if r.Results != nil {
		r.Results = results
	}
	return r
}
