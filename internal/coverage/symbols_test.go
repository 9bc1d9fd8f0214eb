package coverage

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// symbols are the names of the root package.
type symbols struct {
	fields    map[string]map[string]string // of each type; a field to its JSON name
	constants map[string]constant
	functions map[string]bool
}

type constant struct{ typ, value string }

func (s symbols) missing(name, field string) string {
	fields, typ := s.fields[name]
	_, con := s.constants[name]
	if !typ && !con && !s.functions[name] {
		return "the root package has no such name"
	}
	_, ok := fields[field]
	return unless(ok || field == "", "the type has no such field")
}

// field finds the field of a type by its JSON name.
func (s symbols) field(typ, name string) string {
	for field, json := range s.fields[typ] {
		if json == name {
			return "lockstep." + typ + "." + field
		}
	}
	return ""
}

// constant finds a constant by its type and value.
func (s symbols) constant(typ, value string) string {
	for name, c := range s.constants {
		if c.typ == typ && c.value == value {
			return "lockstep." + name
		}
	}
	return ""
}

func readSymbols(t *testing.T, dir string) symbols {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	s := symbols{fields: map[string]map[string]string{}, constants: map[string]constant{}, functions: map[string]bool{}}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			s.add(decl)
		}
	}
	return s
}

func (s symbols) add(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			s.functions[decl.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.fields[spec.Name.Name] = fieldsOf(spec)
			case *ast.ValueSpec:
				s.addConstants(spec)
			}
		}
	}
}

func (s symbols) addConstants(spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		c := constant{}
		if typ, ok := spec.Type.(*ast.Ident); ok {
			c.typ = typ.Name
		}
		if i < len(spec.Values) {
			if text, ok := spec.Values[i].(*ast.BasicLit); ok && text.Kind == token.STRING {
				c.value, _ = strconv.Unquote(text.Value) // it was parsed already
			}
		}
		s.constants[name.Name] = c
	}
}

func fieldsOf(spec *ast.TypeSpec) map[string]string {
	fields := map[string]string{}
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return fields
	}
	for _, field := range body.Fields.List {
		json := ""
		if field.Tag != nil {
			tag, _ := strconv.Unquote(field.Tag.Value) // it was parsed already
			json, _, _ = strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		}
		for _, name := range field.Names {
			fields[name.Name] = json
		}
	}
	return fields
}
