package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/lockstep-dev/lockstep"
)

const problemJSON = "application/problem+json"

func newHuma(mux *http.ServeMux) huma.API {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	registry.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[ProblemDetails]())
	registerEnums(registry)
	format := huma.Format{Marshal: marshal, Unmarshal: unmarshal}
	return humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Lockstep", Version: "1",
				Description: "Environments, releases and their traffic. Errors are problems (RFC 9457) with a code; lists have cursors; changes take an Idempotency-Key and dryRun.",
			},
			Components: &huma.Components{
				Schemas: registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":  {Type: "http", Scheme: "bearer"},
					"cookie": {Type: "apiKey", In: "cookie", Name: plainCookie, Description: "Of a session; over TLS it is called " + secureCookie + "."},
					"key":    {Type: "apiKey", In: "header", Name: sessionHeader, Description: "Of the same session."},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": format, "json": format}, // and …+json
		DefaultFormat:                "application/json",
		Transformers:                 []huma.Transformer{own},
		RejectUnknownQueryParameters: true,
	})
}

// schemaName is a type's name. Those of the rooms behind control say where
// they come from: there is a Plan of a matrix and one of a strategy.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, room, inside := strings.Cut(t.PkgPath(), "/internal/")
	if !inside || room == "api" || room == "control" {
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

// unmarshal is encoding/json's, with errors that say where and never what.
func unmarshal(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(v)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return errors.New("there is more after the end of the JSON value")
	}
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		line, column := position(data, syntax.Offset)
		return fmt.Errorf("this is not JSON, from line %d, column %d on", line, column)
	case errors.As(err, &mismatch):
		return fmt.Errorf("%s is not of type %s", mismatch.Field, mismatch.Type)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON ends in the middle")
	}
	return errors.New("this is not JSON that can be read here")
}

func position(data []byte, offset int64) (line, column int) {
	before := data[:min(int(offset), len(data))]
	line = 1 + bytes.Count(before, []byte("\n"))
	return line, max(1, len(before)-1-bytes.LastIndexByte(before, '\n'))
}

// security is how a request that needs a permission says whom it comes from.
func security(p lockstep.Permission) []map[string][]string {
	if p == noToken {
		return []map[string][]string{}
	}
	scopes := []string{}
	if p != anyToken {
		scopes = append(scopes, string(p))
	}
	return []map[string][]string{{"token": scopes}, {"cookie": scopes, "key": scopes}}
}

// register adds an operation whose errors become problems. Body limits,
// deadlines and permissions are the house's.
func register[I, O any](h *Handler, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBody
	}
	if op.BodyReadTimeout == 0 {
		op.BodyReadTimeout = bodyTimeout
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = &huma.Response{
		Description: "What went wrong",
		Content:     map[string]*huma.MediaType{problemJSON: {Schema: schema[ProblemDetails](h)}},
	}
	op.Middlewares = append(huma.Middlewares{h.early(op.OperationID)}, op.Middlewares...)
	op.Security = security(permissions[op.OperationID])
	huma.Register(h.huma, op, func(ctx context.Context, in *I) (*O, error) {
		for _, p := range needed(op.OperationID, in) {
			if err := permit(ctx, p); err != nil {
				return nil, h.problem(ctx, err)
			}
		}
		out, err := handler(ctx, in)
		if err != nil {
			return nil, h.problem(ctx, err)
		}
		return out, nil
	})
}

// schema is a reference to a type's schema.
func schema[T any](h *Handler) *huma.Schema {
	t := reflect.TypeFor[T]()
	return h.huma.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

// answers documents a JSON answer for each status.
func answers(byStatus map[string]*huma.Schema) map[string]*huma.Response {
	out := map[string]*huma.Response{}
	for status, s := range byStatus {
		out[status] = &huma.Response{
			Description: descriptions[status],
			Content:     map[string]*huma.MediaType{"application/json": {Schema: s}},
		}
	}
	return out
}

var descriptions = map[string]string{
	"200": "What would happen: a dry run", "201": "Created", "202": "Accepted: it is carried out from now on",
}
