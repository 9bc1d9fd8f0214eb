package api

import (
	"encoding"
	"encoding/json"
	"io"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// marshal writes an answer as the document describes it: a list without
// anything in it is [], and never null, whatever left it nil.
func marshal(w io.Writer, v any) error {
	if v != nil {
		v = whole(reflect.ValueOf(v)).Interface()
	}
	return huma.DefaultJSONFormat.Marshal(w, v)
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// whole is a copy of v in which no list and no map is nil, apart from fields
// that say something else by it (omitzero). What writes itself stays as it is.
func whole(v reflect.Value) reflect.Value {
	t := v.Type()
	if t.Implements(jsonMarshaler) || t.Implements(textMarshaler) {
		return v
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return v
		}
		return wrapped(t, whole(v.Elem()))
	case reflect.Struct:
		return wholeStruct(v)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 { // bytes are a text
			return v
		}
		out := reflect.MakeSlice(t, v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(whole(v.Index(i)))
		}
		return out
	case reflect.Map:
		out := reflect.MakeMapWithSize(t, v.Len())
		for each := v.MapRange(); each.Next(); {
			out.SetMapIndex(each.Key(), whole(each.Value()))
		}
		return out
	default:
		return v
	}
}

// wrapped is v where a pointer to it, or an interface that holds it, is meant.
func wrapped(t reflect.Type, v reflect.Value) reflect.Value {
	if t.Kind() == reflect.Interface {
		out := reflect.New(t).Elem()
		out.Set(v)
		return out
	}
	out := reflect.New(t.Elem())
	out.Elem().Set(v)
	return out
}

func wholeStruct(v reflect.Value) reflect.Value {
	t := v.Type()
	out := reflect.New(t).Elem()
	out.Set(v)
	for i := range t.NumField() {
		_, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if t.Field(i).IsExported() && !strings.Contains(options, "omitzero") {
			out.Field(i).Set(whole(v.Field(i)))
		}
	}
	return out
}

// listsAreLists takes null out of what the document says of lists: huma allows
// it for each, because Go's may be nil. An answer never has one, and a request
// that has nothing to say leaves the list out, apart from a service of a new
// release: whoever sends one that was read may send what Go makes of it.
func listsAreLists(doc *huma.OpenAPI) {
	seen := map[*huma.Schema]bool{}
	if s := doc.Components.Schemas.Map()["NewRelease"]; s != nil {
		s.Properties["services"].Nullable, seen[s] = false, true
	}
	for _, s := range doc.Components.Schemas.Map() {
		noNull(seen, s)
	}
	for _, path := range doc.Paths {
		for _, op := range operations(path) {
			for _, p := range op.Parameters {
				noNull(seen, p.Schema)
			}
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Content {
					noNull(seen, media.Schema)
				}
			}
			for _, answer := range op.Responses {
				for _, media := range answer.Content {
					noNull(seen, media.Schema)
				}
			}
		}
	}
}

func noNull(seen map[*huma.Schema]bool, s *huma.Schema) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	noNull(seen, s.Items)
	for _, p := range s.Properties {
		noNull(seen, p)
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		noNull(seen, values)
	}
}

// operations are those of a path, by method.
func operations(path *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{
		"GET": path.Get, "HEAD": path.Head, "POST": path.Post, "PUT": path.Put, "PATCH": path.Patch, "DELETE": path.Delete,
	}
	for method, op := range all {
		if op == nil {
			delete(all, method)
		}
	}
	return all
}
