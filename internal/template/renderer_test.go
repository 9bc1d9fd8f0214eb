package template

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// TestNothingRunsAway: whatever a template does, it ends in an error that
// says where.
func TestNothingRunsAway(t *testing.T) {
	t.Parallel()
	// What is about memory has all the time it needs, so that a slow machine does not end it first.
	quick := ownRenderer(Limits{Time: 300 * time.Millisecond, Memory: 64 << 20, Output: 1 << 20})
	patient := ownRenderer(Limits{Time: 30 * time.Second, Memory: 64 << 20, Output: 1 << 20})
	for name, c := range map[string]struct {
		source, message string
		line            int
	}{
		"an empty loop":     {"one\n{{range 1000000000000}}{{end}}", "it has not ended after 300ms of processor time", 2},
		"a loop with text":  {"one\ntwo\n{{range 1000000000000}}xxxxxxxxxxxxxxxx{{end}}", "it makes more than a template may", 3},
		"nested loops":      {"{{range 1000000}}\n{{range 1000000}}\n{{if false}}x{{end}}{{end}}{{end}}", "", 0},
		"recursion":         {"{{define \"a\"}}\n{{template \"a\"}}{{end}}\n{{template \"a\"}}", "", 0},
		"doubling":          {"{{$x := \"aaaaaaaa\"}}\n{{range 40}}{{$x = print $x $x}}{{end}}", "memory", 2},
		"growing a list":    {"{{$x := list 1}}\n{{range 1000000000}}{{$x = concat $x $x}}{{end}}", "memory", 2},
		"one huge replace":  {"{{$x := repeat 1000000 \"a\"}}\n\n{{$y := replace \"a\" $x $x}}", "memory", 3},
		"one huge repeat":   {"\n{{repeat 1000000000 \"aaaa\"}}", "it would make more than 1048576 bytes", 2},
		"a huge list":       {"\n\n{{until 1000000000}}", "it would make more than 100000 numbers", 3},
		"a huge sequence":   {"{{seq 0 1 1000000000}}", "it would make more than 100000 numbers", 1},
		"much output":       {"\n{{range 2}}{{repeat 1000000 \"a\"}}{{end}}", "it makes more than a template may", 2},
		"a pause in chunks": {"{{range 1000000000}}{{$x := chunk 1 (until 1000)}}{{end}}", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS != "linux" && strings.HasPrefix(name, "one huge replace") {
				return // only Linux holds one action to its memory
			}
			r := patient
			if strings.Contains(c.message, "ended") || c.message == "" {
				r = quick
			}
			result, err := r.Run(t.Context(), Job{
				Template: "wild", Texts: []Text{{Name: "files/tame", Source: "tame"}, {Name: "files/wild", Kind: AsText, Source: c.source}},
				Given: []map[string]any{{"A": 1}},
			})
			if err != nil || len(result.Problems) != 1 {
				t.Fatalf("got %+v, %v", result, err)
			}
			p := result.Problems[0]
			if p.Field != "files/wild" || !strings.Contains(p.Message, c.message) || c.line > 0 && p.Line != c.line || p.Line == 0 {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestFaultsHavePlaces(t *testing.T) {
	t.Parallel()
	r := ownRenderer(Limits{Time: 20 * time.Second})
	for name, c := range map[string]struct {
		kind                  Kind
		source, message, hint string
		line, column          int
	}{
		"no end":         {AsText, "a\n{{if true}}\nb", "unexpected EOF", "has no {{end}}", 3, 1},
		"not closed":     {AsText, "a\n  {{.name\n", "unclosed action", "close the placeholder", 0, 0},
		"stray end":      {AsText, "a {{end}}", "unexpected {{end}}", "one {{end}} too many", 1, 3},
		"no function":    {AsText, "a\n b {{lowr .name}}", `there is no function "lowr"`, "did you mean lower?", 2, 6},
		"the system":     {AsText, "{{env \"HOME\"}}", "env is not for templates", "", 1, 3},
		"the clock":      {AsText, "{{ now }}", "TIMESTAMP", "", 1, 4},
		"chance":         {AsText, "x{{ uuidv4 }}", "equal values", "", 1, 5},
		"no value":       {AsText, "ü {{.nane}}", `"nane" has no value`, "did you mean name?", 1, 5},
		"no such":        {AsText, "a: {{SENTRY_DSN}}", "SENTRY_DSN has no value", "--set SENTRY_DSN=", 1, 6},
		"a typing error": {AsText, "{{ENVIRONMENT_NAM}}", "ENVIRONMENT_NAM has no value", "did you mean ENVIRONMENT_NAME?", 1, 3},
		"fail":           {AsText, "{{if .name}}\n{{fail \"not so\"}}{{end}}", "not so", "", 2, 3},
		"by zero":        {AsText, "{{div 1 0}}", "divide by zero", "", 1, 3},
		"no YAML":        {AsDocument, "a: [{{.name}}", "not YAML", "", 0, 0},
		"an assertion":   {AsTruth, "lt .nane 1", `"nane" has no value`, "did you mean name?", 1, 4},
		"our own words":  {AsText, "{{__at 1}}", "there is no function", "", 1, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := r.Run(t.Context(), Job{
				Template: "t", Texts: []Text{{Name: "x", Kind: c.kind, Source: c.source}}, Given: []map[string]any{{"name": "n"}}, Declared: []string{"name"},
			})
			if err != nil || len(result.Problems) != 1 {
				t.Fatalf("got %+v, %v", result, err)
			}
			p := result.Problems[0]
			if !strings.Contains(p.Message, c.message) || !strings.Contains(p.Suggestion, c.hint) || c.line > 0 && (p.Line != c.line || p.Column != c.column) {
				t.Errorf("got %d:%d %q (%q)\n%s", p.Line, p.Column, p.Message, p.Suggestion, p.Excerpt)
			}
		})
	}
}

func TestAnEndlessChildEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := ownRenderer(Limits{Time: time.Minute}).Run(ctx, Job{Texts: []Text{{Source: "{{range 100000000000}}{{end}}"}}, Given: []map[string]any{{}}})
	if err == nil || time.Since(began) > 30*time.Second {
		t.Errorf("got %v after %s", err, time.Since(began))
	}
}

// A child that gets no processor is its machine's doing, not its template's.
func TestABusyMachineIsNoFaultOfATemplate(t *testing.T) {
	t.Parallel()
	r := NewRenderer([]string{"sleep", "60"}, Limits{Time: 50 * time.Millisecond})
	result, err := r.Run(t.Context(), Job{Template: "shop", Texts: []Text{{Source: "{{.a}}"}}, Given: []map[string]any{{"a": 1}}})
	if lockstep.CodeOf(err) != lockstep.CodeUnavailable || !strings.Contains(err.Error(), "template shop: the machine was too busy to render it within 500ms: try again") {
		t.Errorf("got %+v, %v", result, err)
	}
}
