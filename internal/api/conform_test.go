package api_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
)

// contract is the OpenAPI document as what answers are held to. Every world
// holds each answer that it gets to it.
type contract struct {
	compiler *jsonschema.Compiler
	paths    map[string]map[string]struct {
		Responses map[string]struct {
			Content map[string]json.RawMessage
		}
	}
	mu   sync.Mutex
	kept map[string]bool // operations of which a good answer was seen
}

func newContract(tb testing.TB, h *api.Handler) *contract {
	tb.Helper()
	raw, err := json.Marshal(h.OpenAPI())
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	c := &contract{compiler: jsonschema.NewCompiler(), kept: map[string]bool{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	if err := c.compiler.AddResource("mem:openapi", doc); err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(raw, &struct{ Paths any }{&c.paths}); err != nil {
		tb.Fatal(err)
	}
	return c
}

// route is the template of the document that a path is of, the most literal
// one first.
func (c *contract) route(method, path string) string {
	asked := strings.Split(path, "/")
	best, literal := "", -1
	for template := range c.paths {
		parts := strings.Split(template, "/")
		if len(parts) != len(asked) || len(c.paths[template][method].Responses) == 0 {
			continue
		}
		same := 0
		for i, p := range parts {
			if p == asked[i] {
				same++
			} else if !strings.HasPrefix(p, "{") {
				same = -1
				break
			}
		}
		if same > literal {
			best, literal = template, same
		}
	}
	return best
}

// check holds a JSON answer to what the document says of it.
func (c *contract) check(tb testing.TB, method, path string, status int, header http.Header, body []byte) {
	tb.Helper()
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	method = strings.ToLower(method)
	route := c.route(method, path)
	if route == "" || !strings.HasSuffix(kind, "json") || len(body) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := strconv.Itoa(status)
	responses := c.paths[route][method].Responses
	if _, ok := responses[answer]; !ok {
		answer = "default"
	}
	if _, ok := responses[answer].Content[kind]; !ok {
		tb.Errorf("%s %s answers %d as %s, of which the document knows nothing", method, route, status, kind)
		return
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	at := strings.Join([]string{"paths", escape.Replace(route), method, "responses", answer, "content", escape.Replace(kind), "schema"}, "/")
	schema, err := c.compiler.Compile("mem:openapi#/" + at)
	if err != nil {
		tb.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		tb.Errorf("%s %s answers what the document does not say: %v\n%s", method, route, err, body)
	}
	if status < 300 {
		c.kept[method+" "+route] = true
	}
}

// missed are the operations with JSON answers of which no good one was seen.
func (c *contract) missed() []string {
	missed := map[string]bool{}
	for route, item := range c.paths {
		for method, op := range item {
			for status, answer := range op.Responses {
				if _, ok := answer.Content["application/json"]; ok && status[0] == '2' && !c.kept[method+" "+route] {
					missed[method+" "+route] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(missed))
}

// A list may be without anything, and there is never nothing in its place: not
// in an answer, and not in a request, which leaves it out. Services of a new release may be sent as Go
// writes them.
func TestNoListMayBeNull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	doc := decode[map[string]any](w.get("/api/openapi.json").is(200))
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if kinds, ok := v["type"].([]any); ok && slices.Contains(kinds, any("null")) {
				t.Errorf("%s may be null", at)
			}
			for key, value := range v {
				if key == "NewRelease" {
					continue
				}
				walk(at+"."+key, value)
			}
		case []any:
			for _, value := range v {
				walk(at, value)
			}
		}
	}
	walk("the document", doc)
}

// What a client is made from has names that a program can have.
func TestSchemasHaveNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name := range w.handler.OpenAPI().Components.Schemas.Map() {
		if !regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`).MatchString(name) {
			t.Errorf("%s is no name of a type", name)
		}
	}
	for key, operation := range operationIDs(w.handler) {
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(operation) {
			t.Errorf("%s is called %q", key, operation)
		}
	}
}

func operationIDs(h *api.Handler) map[string]string {
	out := map[string]string{}
	for path, item := range h.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Head, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				out[op.Method+" "+path] = op.OperationID
			}
		}
	}
	return out
}

func TestNoListOfAnEventIsNull(t *testing.T) {
	t.Parallel()
	w := applied(t)
	for r := w.listen("?after=0"); ; { // next looks at each
		if e, ok := r.next(); !ok || e.Type == lockstep.EventReleaseCreated {
			break
		}
	}
}
