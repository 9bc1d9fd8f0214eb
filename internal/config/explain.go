package config

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// Explanation says where a key's value comes from, for one service. Nothing in
// it is secret.
type Explanation struct {
	Key        string                `json:"key"`
	Service    string                `json:"service"`
	Value      string                `json:"value"` // as the service gets it; lockstep.Redacted where there is a secret in it
	Type       lockstep.VariableType `json:"type"`
	Said       []Said                `json:"said"`       // by whom, the one that wins first
	References []Reference           `json:"references"` // of the one that wins, in its order
	Problems   []lockstep.Problem    `json:"problems"`
}

// Said is what one level says of a key.
type Said struct {
	lockstep.Variable
	Wins bool   `json:"wins"`
	Why  string `json:"why,omitempty"` // it does not win
}

// Reference is a key that a value refers to.
type Reference struct {
	Key   string                 `json:"key"`
	Value string                 `json:"value"`
	Level lockstep.VariableLevel `json:"level"`
	Owner string                 `json:"owner"`
}

// Explain says where a key's value comes from. A key that nobody says is
// CodeNotFound with what may have been meant.
func Explain(doc lockstep.ConfigDocument, service lockstep.ServiceSpec, key string, in Setting) (Explanation, error) {
	r := resolution{chains: chainsOf(doc, service.Name, service.Env, in), service: service.Name, in: in, format: doc.Format}
	at := r.find(key)
	if at < 0 {
		err := lockstep.Errorf(lockstep.CodeNotFound, "no level sets %s for %s", shown(key), service.Name)
		if hint := didYouMean(key, r.names()); hint != "" {
			err.Message += ": " + hint
		}
		return Explanation{}, err
	}
	won := r.winner(at)
	out := Explanation{Key: key, Service: service.Name, Type: won.v.Type, References: []Reference{}, Problems: []lockstep.Problem{}}
	for i, s := range r.of(at) {
		one := Said{Variable: shownVariable(*s.v), Wins: i == 0}
		if i > 0 {
			one.Why = why(*won.v, *s.v)
		}
		out.Said = append(out.Said, one)
	}
	e := r.expand(at)
	if !e.bad {
		out.Type = r.check(at, e)
	}
	out.Value = r.shown(e)
	if pieces, err := parse(won.v.Value); err == nil && (doc.Format > 0 || won.v.Source != lockstep.SourceImport) {
		out.References = r.references(pieces)
	}
	for _, p := range r.problems {
		p.Excerpt = ""
		out.Problems = append(out.Problems, p.Problem)
	}
	return out, nil
}

func (r *resolution) shown(e *expanded) string {
	switch {
	case e.secret != nil:
		return lockstep.Redacted
	case e.bad:
		return ""
	}
	return r.fill(e.text)
}

func (r *resolution) references(pieces []piece) []Reference {
	out := []Reference{}
	for _, p := range pieces {
		if p.ref == "" || slices.ContainsFunc(out, func(o Reference) bool { return o.Key == p.ref }) {
			continue
		}
		one := Reference{Key: p.ref}
		if other := r.find(p.ref); other >= 0 {
			v := r.winner(other).v
			one.Value, one.Level, one.Owner = r.shown(r.expand(other)), v.Level, v.Owner
		}
		out = append(out, one)
	}
	return out
}

// shownVariable is a variable without its value where that is sensitive.
func shownVariable(v lockstep.Variable) lockstep.Variable {
	if v.Sensitive {
		v.Value = lockstep.Redacted
	}
	return v
}

// Redact shows variables as they may be shown.
func Redact(variables []lockstep.Variable) []lockstep.Variable {
	out := make([]lockstep.Variable, len(variables))
	for i, v := range variables {
		out[i] = shownVariable(v)
	}
	return out
}

// why says why one of two variables of a key does not win.
func why(won, v lockstep.Variable) string {
	switch {
	case won.Level != v.Level:
		return string(won.Level) + " wins over " + string(v.Level)
	case won.Scope != v.Scope:
		return "at one level, " + string(won.Scope) + " wins over " + string(v.Scope)
	}
	return "what was set by hand wins over what the matrix says"
}
