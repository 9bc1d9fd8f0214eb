package template

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	made := State{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "h": 1}
	is := State{"a": 1.0, "b": 2, "c": 1, "d": 2, "f": 2, "g": 9, "h": 1, "mine": 7}
	wants := State{"a": 1, "b": 1, "c": 3, "d": 3, "e": 3, "f": 2, "g": 3, "new": 1}
	got := Merge(made, is, wants, func(p string) bool { return p == "g" })
	if want := (State{"c": 3, "g": 3, "new": 1}); !reflect.DeepEqual(got.Set, want) {
		t.Errorf("it sets %v, want %v", got.Set, want)
	}
	if want := []string{"h"}; !reflect.DeepEqual(got.Remove, want) {
		t.Errorf("it removes %v, want %v", got.Remove, want)
	}
	if want := []lockstep.TemplateKept{{Path: "b", Made: 1, Is: 2}}; !reflect.DeepEqual(got.Kept, want) {
		t.Errorf("it keeps %v, want %v", got.Kept, want)
	}
	if want := []lockstep.TemplateConflict{
		{Path: "d", Made: 1, Is: 2, Wants: 3}, {Path: "e", Made: 1, Wants: 3}, {Path: "g", Is: 9, Wants: 3, Taken: true},
	}; !reflect.DeepEqual(got.Conflicts, want) {
		t.Errorf("the conflicts are %+v, want %+v", got.Conflicts, want)
	}
}

// TestMergeProperties: nothing that people changed is lost, and doing it
// twice changes nothing more.
func TestMergeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		state := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "d"}), rapid.IntRange(0, 3))
		as := func(m map[string]int) State {
			s := State{}
			for k, v := range m {
				s[k] = v
			}
			return s
		}
		made, is, wants := as(state.Draw(t, "made")), as(state.Draw(t, "is")), as(state.Draw(t, "wants"))
		never := func(string) bool { return false }
		m := Merge(made, is, wants, never)
		after := State{}
		for k, v := range is {
			after[k] = v
		}
		for k, v := range m.Set {
			after[k] = v
		}
		for _, k := range m.Remove {
			delete(after, k)
		}
		for k, v := range is {
			if was, had := made[k]; (!had || was != v) && after[k] != v {
				t.Fatalf("%s was changed by hand to %v and is %v now", k, v, after[k])
			}
		}
		for k, v := range wants {
			if was, had := made[k]; !had && is[k] == nil || had && was == is[k] {
				if after[k] != v {
					t.Fatalf("%s is %v, the template wants %v", k, after[k], v)
				}
			}
		}
		again := Merge(wants, after, wants, never)
		if len(again.Set)+len(again.Remove)+len(again.Conflicts) > 0 {
			t.Fatalf("a second time it does %+v", again)
		}
	})
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, p := range []Path{{"a"}, {"a.b", `c\d`, ""}, {"general", "x.y"}} {
		if got := ParsePath(p.String()); !reflect.DeepEqual(got, p) {
			t.Errorf("%q becomes %q", p, got)
		}
	}
	s := State{}
	s.Sections(map[lockstep.ConfigSection]any{"general": map[string]any{"a.b": map[string]any{"c": 1}, "l": []any{1}, "e": map[string]any{}}})
	patch := Merged{Set: s, Remove: []string{"general.gone"}}.Patch()
	want := map[lockstep.ConfigSection]any{"general": map[string]any{"a.b": map[string]any{"c": 1.0}, "l": []any{1.0}, "e": map[string]any{}, "gone": nil}}
	if !reflect.DeepEqual(patch, want) {
		t.Errorf("the patch is %#v", patch)
	}
}
