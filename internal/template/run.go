package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/goccy/go-yaml"
)

// watch is what a run asks before every action, and tells where it is.
type watch interface {
	at(text, offset int)  // it is there now
	over() (string, bool) // why it must end
}

// maxProblems is how many faults a job tells of.
const maxProblems = 20

// run does a job in this process.
func run(job Job, w watch) Result {
	var out Result
	funcs := functions()
	calls := callable(funcs)
	declared := append(slices.Clone(job.Declared), builtinKeys...)
	var fields []string // that a text may name; nil where the values say it
	if len(job.Given) == 0 {
		fields = declared
	}
	texts := make([]compiled, len(job.Texts))
	uses := map[string]bool{}
	for i, text := range job.Texts {
		w.at(i, 0)
		if why, yes := w.over(); yes {
			out.Problems = append(out.Problems, (&fault{text: text, message: why}).problem())
			return out
		}
		c, wrong := compile(text, funcs, calls, fields)
		if wrong != nil {
			if out.Problems = append(out.Problems, wrong.problem()); len(out.Problems) == maxProblems {
				return out
			}
			continue
		}
		texts[i] = c
		for _, name := range c.uses {
			if !slices.Contains(declared, name) {
				uses[name] = true
			}
		}
	}
	out.Uses = slices.Sorted(maps.Keys(uses))
	if len(out.Problems) > 0 {
		return out
	}
	left := job.Limits.orDefault().Output
	for _, given := range job.Given {
		row := make([]any, len(texts))
		for i, c := range texts {
			v, wrong := render(c, i, given, declared, w, &left)
			if wrong != nil {
				if out.Problems = append(out.Problems, wrong.problem()); len(out.Problems) == maxProblems || wrong.at < 0 {
					return out
				}
			}
			row[i] = v
		}
		out.Rendered = append(out.Rendered, row)
		if len(out.Problems) > 0 {
			break // the others have the same
		}
	}
	return out
}

// render is one text with one set of values.
func render(c compiled, index int, given map[string]any, declared []string, w watch, left *int64) (any, *fault) {
	values := numbersIn(given)
	source := c.text.Source
	if c.text.Kind == AsTruth {
		source = "{{" + source + "}}"
	}
	keys := slices.Concat(slices.Sorted(maps.Keys(given)), declared)
	here := 0
	var whole any
	funcs := template.FuncMap{
		atName: func(pos int) (string, error) {
			here = pos
			w.at(index, pos)
			if why, yes := w.over(); yes {
				return "", &stopped{at: pos, what: why}
			}
			return "", nil
		},
		keepName: func(v any) string { whole = v; return "" },
	}
	for _, name := range c.uses {
		funcs[name] = func() (any, error) {
			if v, ok := values[name]; ok {
				return v, nil
			}
			return nil, &missing{key: name}
		}
	}
	var text bytes.Buffer
	err := c.tree.Funcs(funcs).Execute(&limited{&text, left}, values)
	switch {
	case errors.Is(err, errTooMuch):
		return nil, &fault{text: c.text, at: here - bracesOf(c.text), message: "it makes more than a template may"}
	case err != nil:
		return nil, execFault(c.text, source, keys, here, err)
	}
	switch c.text.Kind {
	case AsTruth:
		truth, ok := template.IsTrue(whole)
		return truth && ok, nil
	case AsDocument:
		return document(c.text, text.Bytes())
	case AsValue:
		if c.whole {
			return whole, nil
		}
	case AsText:
	}
	return text.String(), nil
}

// document reads the YAML that a text has rendered to.
func document(text Text, rendered []byte) (any, *fault) {
	var v any
	if err := yaml.Unmarshal(rendered, &v); err != nil {
		line, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
		return nil, &fault{text: text, at: -1, message: "what it renders to is not YAML: " + line}
	}
	return v, nil
}

// numbersIn is a copy of values for one text, which may change it: whole
// numbers are integers, so that a million prints as 1000000.
func numbersIn(given map[string]any) map[string]any {
	raw, err := json.Marshal(given)
	if err != nil {
		return map[string]any{}
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	out := map[string]any{}
	if dec.Decode(&out) != nil {
		return map[string]any{}
	}
	for k, v := range out {
		out[k] = numbers(v)
	}
	return out
}

func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case map[string]any:
		for k, inner := range v {
			v[k] = numbers(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = numbers(inner)
		}
	}
	return v
}

var errTooMuch = errors.New("too much output")

// limited takes what is left of a job's output.
type limited struct {
	to   *bytes.Buffer
	left *int64
}

func (l *limited) Write(p []byte) (int, error) {
	if *l.left -= int64(len(p)); *l.left < 0 {
		return 0, errTooMuch
	}
	return l.to.Write(p)
}
