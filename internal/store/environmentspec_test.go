package store

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

// blocks draws what a matrix may hold: blocks with and without a column, of
// any shape.
func blocks() *rapid.Generator[map[string]any] {
	names := rapid.SampledFrom([]string{"databases", "cache", "storage", "security", "monitoring", "networking", "regions", "hooks", "isolation", "database"})
	leaf := rapid.OneOf(
		rapid.Just(any(nil)), rapid.Map(rapid.Bool(), asAny), rapid.Map(rapid.String(), asAny),
		rapid.Map(rapid.Int64(), asAny), rapid.Map(rapid.SliceOfN(rapid.Int(), 0, 2), asAny), rapid.Just(any(map[string]any(nil))))
	block := rapid.OneOf(leaf, rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"primary", "cache", ""}), rapid.OneOf(leaf,
		rapid.Map(rapid.MapOfN(rapid.String(), leaf, 0, 2), asAny)), 0, 3), asAny))
	return rapid.MapOfN(names, block, 0, 6)
}

func asAny[T any](v T) any { return v }

func TestSpecSurvivesItsColumns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := lockstep.EnvironmentSpec{
			Runtime: lockstep.RuntimeProcess, Validation: lockstep.ValidationBasic,
			Domains:  rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "domains"),
			Replicas: rapid.MapOfN(rapid.String(), rapid.Int(), 0, 2).Draw(t, "replicas"),
			Recorded: blocks().Draw(t, "recorded"),
		}
		before := wire(t, spec)
		got := throughColumns(t, spec)
		if !bytes.Equal(wire(t, got), before) {
			t.Errorf("\nput %s\ngot %s", before, wire(t, got))
		}
		if !bytes.Equal(wire(t, spec), before) {
			t.Error("spreading a spec changed it")
		}
	})
}

// TestSpecLosesNoField sets each field of the spec, also those that are yet
// to come.
func TestSpecLosesNoField(t *testing.T) {
	t.Parallel()
	fields := reflect.TypeFor[lockstep.EnvironmentSpec]()
	for i := range fields.NumField() {
		if fields.Field(i).Name == "Dependencies" {
			continue // rows of their own
		}
		var spec lockstep.EnvironmentSpec
		fillIn(reflect.ValueOf(&spec).Elem().Field(i))
		if got := throughColumns(t, spec); !bytes.Equal(wire(t, got), wire(t, spec)) {
			t.Errorf("%s is lost: put %s, got %s", fields.Field(i).Name, wire(t, spec), wire(t, got))
		}
	}
}

func fillIn(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7_000_000)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillIn(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		fillIn(value)
		v.SetMapIndex(reflect.ValueOf("key"), value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillIn(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fillIn(v.Field(i))
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf("anything"))
	default:
	}
}

type fataler interface{ Fatal(args ...any) }

// throughColumns writes each column as the table does, and reads it.
func throughColumns(t fataler, spec lockstep.EnvironmentSpec) lockstep.EnvironmentSpec {
	c, read := spread(spec), specColumns{blocks: map[string]any{}}
	pass := func(v any, into scanner) {
		text, err := asJSON(v).Value()
		if err == nil {
			err = into(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	pass(c.config, exactJSON(&read.config))
	pass(c.deployment, exactJSON(&read.deployment))
	pass(c.automation, fromJSON(&read.automation))
	for _, column := range []string{"database", "cache", "storage", "security", "monitoring", "isolation"} {
		pass(c.blocks[column], read.block(column))
	}
	return read.gather(nil)
}

func wire(t fataler, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
