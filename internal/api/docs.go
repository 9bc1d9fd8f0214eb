package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
)

//go:embed docs.html
var docsPage string

// entry is one operation on the page.
type entry struct {
	Method, Path, Summary, Description, Tag string
	Permission                              string
	Parameters                              []*huma.Param
	Body                                    []reference
	Answers                                 []reference
}

// reference names a schema that is on the page too.
type reference struct{ Status, Description, Media, Schema string }

type definition struct {
	Name   string
	Fields []fieldDoc
}

type fieldDoc struct{ Name, Type, Doc string }

// documents serves the OpenAPI document, and a page made from it that loads
// nothing from anywhere. Neither holds anything of this server, so that the
// page needs no token: a browser could not send one.
func (h *Handler) documents() (spec, page http.Handler) {
	raw, err := json.Marshal(h.huma.OpenAPI())
	if err != nil {
		return h.failing(err), h.failing(err)
	}
	var html bytes.Buffer
	t, err := template.New("docs").Parse(docsPage)
	if err == nil {
		err = t.Execute(&html, struct {
			Tags    []string
			Entries []entry
			Schemas []definition
		}{tags(h.entries()), h.entries(), h.definitions()})
	}
	if err != nil {
		return h.failing(err), h.failing(err)
	}
	return static("application/json", raw), static("text/html; charset=utf-8", html.Bytes())
}

func static(contentType string, content []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		_, _ = w.Write(content)
	})
}

// failing answers for a document that could not be made, which cannot happen
// to one that the tests have seen.
func (h *Handler) failing(err error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.refuse(w, r, err) })
}

func (h *Handler) entries() []entry {
	var out []entry
	for path, item := range h.huma.OpenAPI().Paths {
		for method, op := range operations(item) {
			e := entry{Method: method, Path: path, Summary: op.Summary, Description: op.Description, Tag: op.Tags[0], Permission: permissionText(permissions[op.OperationID]), Parameters: op.Parameters}
			if op.RequestBody != nil {
				e.Body = references("", "", op.RequestBody.Content)
			}
			for status, r := range op.Responses {
				if found := references(status, r.Description, r.Content); len(found) > 0 {
					e.Answers = append(e.Answers, found...)
				} else {
					e.Answers = append(e.Answers, reference{Status: status, Description: r.Description})
				}
			}
			slices.SortFunc(e.Answers, func(a, b reference) int { return strings.Compare(a.Status, b.Status) })
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b entry) int {
		return strings.Compare(a.Tag+" "+a.Path+" "+a.Method, b.Tag+" "+b.Path+" "+b.Method)
	})
	return out
}

func permissionText(p lockstep.Permission) string {
	if p == anyToken || p == noToken {
		return string(p)
	}
	return "the permission " + string(p)
}

func tags(entries []entry) []string {
	var out []string
	for _, e := range entries {
		if !slices.Contains(out, e.Tag) {
			out = append(out, e.Tag)
		}
	}
	return out
}

func references(status, description string, content map[string]*huma.MediaType) []reference {
	var out []reference
	for media, m := range content {
		out = append(out, reference{status, description, media, name(m.Schema)})
	}
	slices.SortFunc(out, func(a, b reference) int { return strings.Compare(a.Media, b.Media) })
	return out
}

func (h *Handler) definitions() []definition {
	var out []definition
	for schemaName, s := range h.huma.OpenAPI().Components.Schemas.Map() {
		d := definition{Name: schemaName}
		for property, p := range s.Properties {
			d.Fields = append(d.Fields, fieldDoc{property, kind(p), p.Description})
		}
		slices.SortFunc(d.Fields, func(a, b fieldDoc) int { return strings.Compare(a.Name, b.Name) })
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b definition) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// name is the schema that a reference leads to, "" for none.
func name(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
}

func kind(s *huma.Schema) string {
	switch {
	case name(s) != "":
		return name(s)
	case s.Type == "array" && s.Items != nil:
		return "list of " + kind(s.Items)
	case s.Type == "":
		return "any"
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}

// OpenAPI is the document. It is not to be changed.
func (h *Handler) OpenAPI() *huma.OpenAPI { return h.huma.OpenAPI() }
