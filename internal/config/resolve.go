package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Problem is something wrong with a document. Missing: a value that is
// required. Unknown: what a value refers to. Both may be there tomorrow.
type Problem struct {
	lockstep.Problem
	Missing, Unknown bool
}

// Plain are problems as they are shown.
func Plain(problems []Problem) []lockstep.Problem {
	out := make([]lockstep.Problem, len(problems))
	for i, p := range problems {
		out[i] = p.Problem
	}
	return out
}

// Resolved is what a document comes to for one service.
type Resolved struct {
	Env       map[string]string
	SecretEnv map[string]lockstep.SecretText
	Files     []string                      // those of Env and SecretEnv whose value the instance gets as a file
	Used      map[string]*lockstep.Variable // the variable that wins, by key; for reading
	Secrets   map[string]int64              // what SecretEnv needs: slot to version
}

// Resolve says what each of some services gets, and everything that is wrong
// with it. A service without problems is complete whatever the others have.
func Resolve(doc lockstep.ConfigDocument, services []lockstep.ServiceSpec, in Setting) (map[string]Resolved, []Problem) {
	out := make(map[string]Resolved, len(services))
	var problems []Problem
	for _, s := range services {
		r := resolution{chains: chainsOf(doc, s.Name, s.Env, in), service: s.Name, in: in, format: doc.Format}
		out[s.Name] = r.run()
		problems = append(problems, r.problems...)
	}
	return out, merged(problems, len(services))
}

// merged says once what all services have wrong, and of which services what
// only some have.
func merged(problems []Problem, services int) []Problem {
	if len(problems) == 0 {
		return nil
	}
	type known struct{ field, message, suggestion string }
	who := map[known][]string{}
	for _, p := range problems {
		k := known{p.Field, p.Message, p.Suggestion}
		who[k] = append(who[k], p.Excerpt)
	}
	told := make(map[known]bool, len(who))
	var out []Problem
	for _, p := range problems {
		k := known{p.Field, p.Message, p.Suggestion}
		of := p.Excerpt
		p.Excerpt = ""
		switch n := len(who[k]); {
		case told[k]:
			continue
		case n < services && !strings.Contains(p.Field, "."+of+"."):
			p.Message += " (for " + strings.Join(who[k], ", ") + ")"
		}
		told[k] = true
		out = append(out, p)
	}
	return out
}

// expanded is a value with its references put in.
type expanded struct {
	text   string
	secret lockstep.SecretText // instead of text, where there are secrets in it
	slots  map[string]int64    // of the secrets
	bad    bool                // and told
}

// resolution resolves one service.
type resolution struct {
	*chains
	service  string
	in       Setting
	format   int
	stack    []string
	problems []Problem
	guesses  int // at what was meant
}

// maxGuesses bounds what is looked for among all names: nobody reads more, and
// a configuration of nothing but misspellings would take minutes.
const maxGuesses = 20

func (r *resolution) run() Resolved {
	out := Resolved{Env: make(map[string]string, len(r.keys)), Used: make(map[string]*lockstep.Variable, len(r.keys))}
	for _, at := range r.sorted() {
		key, won := r.keys[at].key, r.winner(at)
		if won.v.Level == lockstep.LevelBuiltin {
			continue
		}
		out.Used[key] = won.v
		e := r.expand(at)
		if e.bad {
			continue
		}
		kind := r.check(at, e)
		switch {
		case e.secret != nil:
			if out.SecretEnv == nil {
				out.SecretEnv, out.Secrets = map[string]lockstep.SecretText{}, map[string]int64{}
			}
			out.SecretEnv[key] = r.filledSecret(e.secret)
			maps.Copy(out.Secrets, e.slots)
		default:
			out.Env[key] = r.fill(e.text)
		}
		if kind == lockstep.VariableFile {
			out.Files = append(out.Files, key)
		}
	}
	return out
}

// fill puts the release's version in, where there is one.
func (r *resolution) fill(text string) string {
	if r.in.Release == "" {
		return text
	}
	return strings.ReplaceAll(text, "{{version}}", r.in.Release)
}

func (r *resolution) filledSecret(text lockstep.SecretText) lockstep.SecretText {
	out := slices.Clone(text)
	for i := range out {
		out[i].Text = r.fill(out[i].Text)
	}
	return out
}

// expand puts the references of a key's value in. Each key is expanded, and
// what is wrong with it told, once.
func (r *resolution) expand(at int) *expanded {
	k, won := &r.keys[at], r.winner(at)
	if k.asked {
		return &k.comesTo
	}
	key, e := k.key, expanded{}
	if i := slices.Index(r.stack, key); i >= 0 {
		cycle := append(slices.Clone(r.stack[i:]), key)
		r.wrong(won.v, "it refers to itself: %s", strings.Join(cycle, " → "))
		return &expanded{bad: true}
	}
	switch value := r.valueOf(at); {
	case value.secret != nil:
		e.secret, e.slots = value.secret, value.slots
	case r.format == 0 && won.v.Source == lockstep.SourceImport || won.v.Level == lockstep.LevelBuiltin || !refers(value.text):
		e.text = value.text
	default:
		r.stack = append(r.stack, key)
		e = r.put(won, value.text)
		r.stack = r.stack[:len(r.stack)-1]
	}
	k.asked, k.comesTo = true, e
	return &k.comesTo
}

// valueOf is what a key says, or its default where it says nothing and has to.
func (r *resolution) valueOf(at int) expanded {
	v := r.winner(at).v
	if v.Sensitive && v.SecretVersion > 0 {
		ref := lockstep.SecretRef{ID: v.SecretID, Key: v.Slot(), Version: v.SecretVersion}
		return expanded{secret: lockstep.SecretText{{Secret: &ref}}, slots: map[string]int64{v.Slot(): v.SecretVersion}}
	}
	if v.Value != "" {
		return expanded{text: v.Value}
	}
	for _, s := range r.of(at) {
		if s.v.DefaultValue != nil {
			return expanded{text: *s.v.DefaultValue}
		}
	}
	return expanded{}
}

// put expands a text that has references.
func (r *resolution) put(won *said, value string) (e expanded) {
	pieces, err := parse(value)
	if err != nil {
		r.wrong(won.v, "%v", err)
		return expanded{bad: true}
	}
	var text strings.Builder
	text.Grow(len(value))
	var secret lockstep.SecretText
	size := 0
	flush := func() {
		if text.Len() > 0 {
			secret = append(secret, lockstep.SecretPart{Text: text.String()})
			text.Reset()
		}
	}
	for _, p := range pieces {
		if p.ref == "" {
			text.WriteString(p.text)
			continue
		}
		other := r.find(p.ref)
		if other < 0 {
			r.unknown(won.v, p.ref)
			e.bad = true
			continue
		}
		in := r.expand(other)
		switch {
		case in.bad:
			e.bad = true
		case in.secret != nil:
			flush()
			secret = append(secret, in.secret...)
			if e.slots == nil {
				e.slots = map[string]int64{}
			}
			maps.Copy(e.slots, in.slots)
		default:
			text.WriteString(in.text)
		}
		// Values that double each other grow beyond all bounds.
		if size = text.Len() + textSize(secret); size > lockstep.MaxVariableValue {
			r.wrong(won.v, "with what it refers to it has more than %d bytes", lockstep.MaxVariableValue)
			return expanded{bad: true}
		}
	}
	if e.bad {
		return e
	}
	if secret == nil {
		e.text = text.String()
		return e
	}
	flush()
	e.secret = secret
	return e
}

func textSize(t lockstep.SecretText) int {
	n := 32 * len(t)
	for _, p := range t {
		n += len(p.Text)
	}
	return n
}

// check holds what a key comes to to what any of its chain demands, and says
// of which type that makes it.
func (r *resolution) check(at int, e *expanded) lockstep.VariableType {
	won := r.winner(at)
	kind := won.v.Type
	if r.undemanding(at) {
		return kind
	}
	for _, s := range r.of(at) {
		if kind == lockstep.VariableString && !plainType(s.v.Type) {
			kind = s.v.Type
		}
		empty := e.secret == nil && e.text == ""
		if s.v.Required && empty {
			text := "it is required" + r.demandedBy(won, s) + " and has no value"
			r.problem(won.v, Problem{Problem: lockstep.Problem{Message: text}, Missing: true})
			break
		}
		if s.v.Sensitive && e.secret == nil && !empty {
			r.wrong(won.v, "it is sensitive%s and is set in plain here: set it as a secret", r.demandedBy(won, s))
			break
		}
		if e.secret != nil || empty {
			continue // a secret is checked when it is set; of nothing only a value can be demanded
		}
		if text := checkType(s.v.Type, e.text); text != "" {
			r.wrong(won.v, "%s%s", text, r.demandedBy(won, s))
			break
		}
		for _, text := range checkValue(s.v.Validation, e.text) {
			r.wrong(won.v, "%s%s", text, r.demandedBy(won, s))
		}
	}
	return kind
}

// undemanding says that whoever says a key demands nothing of its value.
func (r *resolution) undemanding(key int) bool {
	for at := r.keys[key].last; at >= 0; at = r.all[at].next {
		v := r.all[at].v
		if v.Required || v.Sensitive || !plainType(v.Type) || !nothing(v.Validation) {
			return false
		}
	}
	return true
}

func plainType(t lockstep.VariableType) bool {
	return t == lockstep.VariableString || t == lockstep.VariableSecret || t == ""
}

func (r *resolution) demandedBy(won *said, s said) string {
	if s.rank == won.rank {
		return ""
	}
	return fmt.Sprintf(" (%s %s says so)", s.v.Level, s.v.Owner)
}

func (r *resolution) unknown(v *lockstep.Variable, ref string) {
	suggestion := ""
	if r.guesses++; r.guesses <= maxGuesses {
		suggestion = didYouMean(ref, r.names())
	}
	if suggestion == "" {
		suggestion = "set it, or write $${" + ref + "} for the text ${" + ref + "}"
	}
	if ref == "PORT" {
		suggestion = "write {{port}}: the port is known when an instance starts"
	}
	r.problem(v, Problem{Problem: lockstep.Problem{Message: fmt.Sprintf("it refers to %s, which does not exist", ref), Suggestion: suggestion}, Unknown: true})
}

func (r *resolution) wrong(v *lockstep.Variable, format string, args ...any) {
	r.problem(v, Problem{Problem: lockstep.Problem{Message: fmt.Sprintf(format, args...)}})
}

// problem is kept with its service as its excerpt, until merged.
func (r *resolution) problem(v *lockstep.Variable, p Problem) {
	p.Field, p.Excerpt = Path(*v), r.service
	r.problems = append(r.problems, p)
}

// Path is where a variable stands in a configuration.
func Path(v lockstep.Variable) string { return pathOf(v.Scope, v.Target, v.Key) }

func pathOf(scope lockstep.VariableScope, target, key string) string {
	switch {
	case scope == lockstep.ScopeService:
		return "variables." + target + "." + key
	case scope == lockstep.ScopeFeature:
		return "variables.features." + target + "." + key
	}
	return "variables." + key
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
