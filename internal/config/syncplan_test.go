package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

func planned(t *testing.T, c Comparison, r SyncRequest) string {
	t.Helper()
	plan, err := PlanSync(c, r)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, x := range plan.Changes {
		b.WriteString(fmt.Sprintf("%s %s %v→%v %s %s", x.Type, x.Path, x.OldValue, x.NewValue, x.Status, x.Reason) + "\n")
	}
	return b.String()
}

func TestPlanSync(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		r    SyncRequest
		want string
	}{
		{"full", SyncRequest{Type: lockstep.SyncFull}, `add general.limits.a <nil>→1 pending 
modify general.timezone Europe/Rome→UTC pending 
add services.backend.command <nil>→[./new] pending 
modify variables.DEBUG off→on skipped it is said for type staging and production
remove variables.HOTFIX yes→<nil> pending changed in production, by ada
modify variables.LEVEL info→debug pending 
modify variables.PIN [REDACTED]→[REDACTED] skipped the matrix says that PIN is specific
modify variables.TOKEN [REDACTED]→[REDACTED] pending 
modify variables.backend.API_URL http://p→http://s skipped the matrix says it for staging and production
modify variables.backend.RATE 9→5 pending changed in production, by eve
`},
		{"variables only", SyncRequest{Type: lockstep.SyncVariablesOnly, Exclude: Patterns{"*_URL", "DEBUG", "PIN", "TOKEN"}, IncludeSpecific: true}, `modify variables.DEBUG off→on skipped excluded by DEBUG
remove variables.HOTFIX yes→<nil> pending changed in production, by ada
modify variables.LEVEL info→debug pending 
modify variables.PIN [REDACTED]→[REDACTED] skipped excluded by PIN
modify variables.TOKEN [REDACTED]→[REDACTED] skipped excluded by TOKEN
modify variables.backend.API_URL http://p→http://s skipped excluded by *_URL
modify variables.backend.RATE 9→5 pending changed in production, by eve
`},
		{"services only", SyncRequest{Type: lockstep.SyncServicesOnly}, `add services.backend.command <nil>→[./new] pending 
modify variables.backend.API_URL http://p→http://s skipped the matrix says it for staging and production
modify variables.backend.RATE 9→5 pending changed in production, by eve
`},
		{"config only", SyncRequest{Type: lockstep.SyncConfigOnly}, `add general.limits.a <nil>→1 pending 
modify general.timezone Europe/Rome→UTC pending 
`},
		{"partial", SyncRequest{Type: lockstep.SyncPartial, Include: Patterns{"general.*", "RATE"}}, `add general.limits.a <nil>→1 pending 
modify general.timezone Europe/Rome→UTC pending 
modify variables.backend.RATE 9→5 pending changed in production, by eve
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := planned(t, pairOfAll(), c.r); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	if _, err := PlanSync(pairOfAll(), SyncRequest{Type: lockstep.SyncPartial}); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("a partial sync of nothing: %v", err)
	}
}

func TestWhatASyncWrites(t *testing.T) {
	t.Parallel()
	plan, err := PlanSync(pairOfAll(), SyncRequest{Type: lockstep.SyncFull, IncludeSpecific: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range plan.Update.Variables {
		value := "–"
		switch {
		case v.Copy != nil:
			value = fmt.Sprintf("copy of %s %d", v.Copy.ID, v.Copy.Version)
		case v.Value != nil:
			value = *v.Value
		case v.Remove:
			value = "removed"
		}
		got = append(got, fmt.Sprintf("%s %s %s %s", v.Scope, v.Target, v.Key, value))
		if !v.Remove && v.Source != lockstep.SourceSync {
			t.Errorf("%s comes by %q", v.Key, v.Source)
		}
		if v.Copy != nil && v.Value != nil {
			t.Errorf("%s is copied and has a value", v.Key)
		}
	}
	want := []string{
		"global  DEBUG on", "global  HOTFIX removed", "global  LEVEL debug", "global  PIN copy of s2 1", "global  TOKEN copy of s1 2",
		"service backend API_URL http://s", "service backend RATE 5",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	sections := map[lockstep.ConfigSection]any{"general": map[string]any{"timezone": "UTC", "limits": map[string]any{"a": 1.0}}}
	if !reflect.DeepEqual(plan.Update.Sections, sections) {
		t.Errorf("sections %v", plan.Update.Sections)
	}
	if !reflect.DeepEqual(plan.Services, map[string]ServicePatch{"backend": {"command": []string{"./new"}}}) {
		t.Errorf("services %v", plan.Services)
	}
}

// What a target inherits is not said again: its own value goes. What it
// cannot take away stays, and says whose it is.
func TestASyncInherits(t *testing.T) {
	t.Parallel()
	c := Comparison{
		Source: side("staging", 1, lockstep.ConfigDocument{Variables: []lockstep.Variable{variable(project, "shop", "A", "1")}}),
		Target: side("production", 1, lockstep.ConfigDocument{Variables: []lockstep.Variable{
			variable(project, "shop", "A", "1"), variable(ownLevel, "production", "A", "2"),
			variable(lockstep.LevelParent, "base", "B", "3"), variable(ownLevel, "production", "B", "4"),
		}}),
	}
	if got, want := planned(t, c, SyncRequest{Type: lockstep.SyncFull}), `modify variables.A 2→1 pending 
remove variables.B 4→<nil> skipped it comes from its parent base, and a sync only changes what production says itself
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	plan, _ := PlanSync(c, SyncRequest{Type: lockstep.SyncFull})
	if v := plan.Update.Variables; len(v) != 1 || !v[0].Remove || v[0].Key != "A" {
		t.Errorf("%+v", v)
	}
}

// carriedOut is a target after a plan, as whoever stores it makes it.
func carriedOut(c Comparison, plan SyncPlan) lockstep.ConfigDocument {
	doc := c.Target.Config.Document
	doc.Variables = slices.Clone(doc.Variables)
	for _, ch := range plan.Update.Variables {
		doc.Variables = slices.DeleteFunc(doc.Variables, func(v lockstep.Variable) bool {
			return v.Level == ownLevel && v.Key == ch.Key && v.Scope == ch.Scope && v.Target == ch.Target
		})
		if ch.Remove {
			continue
		}
		v := lockstep.Variable{Key: ch.Key, Scope: ch.Scope, Target: ch.Target, Level: ownLevel, Source: ch.Source, ModifiedBy: "sync", Sensitive: *ch.Sensitive}
		if ch.Copy != nil {
			v.SecretID, v.SecretVersion = "copy of "+ch.Copy.ID, ch.Copy.Version
		} else {
			v.Value = *ch.Value
		}
		doc.Variables = append(doc.Variables, v)
	}
	doc.Services = maps.Clone(doc.Services)
	for name, patch := range plan.Services {
		doc.Services[name] = patch.Onto(doc.Services[name])
	}
	sections := map[lockstep.ConfigSection]any{}
	maps.Copy(sections, doc.Sections)
	for name, patch := range plan.Update.Sections {
		sections[name] = MergePatch(sections[name], patch)
	}
	doc.Sections = sections
	return doc
}

func drawTree(t *rapid.T, depth int) any {
	if depth == 0 || rapid.Bool().Draw(t, "plain") {
		return rapid.SampledFrom([]any{"a", 1.0, true, []any{"x"}}).Draw(t, "value")
	}
	out := map[string]any{}
	for _, key := range []string{"k", "l"} {
		if rapid.Bool().Draw(t, key) {
			out[key] = drawTree(t, depth-1)
		}
	}
	return out
}

func drawDocument(t *rapid.T, name string) lockstep.ConfigDocument {
	doc := lockstep.ConfigDocument{Services: map[string]lockstep.ServiceConfig{}, Sections: map[lockstep.ConfigSection]any{}}
	for _, service := range []string{"api", "web"} {
		var s lockstep.ServiceConfig
		if rapid.Bool().Draw(t, "env") {
			s.Env = map[string]string{"A": rapid.SampledFrom([]string{"1", "2"}).Draw(t, "env A")}
		}
		if rapid.Bool().Draw(t, "command") {
			s.Command = []string{rapid.SampledFrom([]string{"x", "y"}).Draw(t, "command of")}
		}
		doc.Services[service] = s
	}
	for _, level := range []lockstep.VariableLevel{project, typed, ownLevel} {
		for _, key := range []string{"A", "B"} {
			for _, target := range []string{"", "api"} {
				if !rapid.Bool().Draw(t, "said") {
					continue
				}
				owner := map[lockstep.VariableLevel]string{project: "shop", typed: "any", ownLevel: name}[level]
				v := variable(level, owner, key, rapid.SampledFrom([]string{"1", "2"}).Draw(t, "value"))
				if target != "" {
					of(target)(&v)
				}
				if rapid.IntRange(0, 3).Draw(t, "sealed") == 0 {
					secret(owner+key+target, int64(rapid.IntRange(1, 2).Draw(t, "version")))(&v)
				}
				doc.Variables = append(doc.Variables, v)
			}
		}
	}
	for _, section := range []lockstep.ConfigSection{"general", "logging"} {
		if rapid.Bool().Draw(t, "section") {
			doc.Sections[section] = map[string]any{"k": drawTree(t, 2)}
		}
	}
	return doc
}

// After a sync everything is the same but what it said that it would skip,
// and another one finds nothing to do.
func TestASyncLeavesNothingBut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Comparison{
			Source: side("staging", 1, drawDocument(t, "staging")), Target: side("production", 1, drawDocument(t, "production")),
			SameSecret: func(a, b lockstep.SecretRef) bool {
				return a.Version == b.Version && (b.ID == "copy of "+a.ID || strings.TrimPrefix(a.ID, "copy of ") == strings.TrimPrefix(b.ID, "copy of "))
			},
		}
		if rapid.Bool().Draw(t, "specific") {
			c.Specific = Patterns{"B"}
		}
		r := SyncRequest{Type: rapid.SampledFrom(lockstep.SyncTypes()).Draw(t, "type"), IncludeSpecific: rapid.Bool().Draw(t, "with specific")}
		if r.Type == lockstep.SyncPartial {
			r.Include = Patterns{"A", "general"}
		}
		plan, err := PlanSync(c, r)
		if err != nil {
			t.Fatal(err)
		}
		c.Target.Config.Document = carriedOut(c, plan)
		again, err := PlanSync(c, r)
		if err != nil {
			t.Fatal(err)
		}
		if again.Pending() != 0 {
			t.Fatalf("there is more to do:\n%+v\nafter\n%+v", again.Changes, plan.Changes)
		}
		skipped := map[string]bool{}
		for _, x := range plan.Changes {
			if x.Status == lockstep.ChangeSkipped {
				skipped[x.Path] = true
			}
		}
		for _, x := range again.Changes {
			if !skipped[x.Path] {
				t.Errorf("%s is skipped now, and was not: %s", x.Path, x.Reason)
			}
		}
	})
}

// A plain value never takes the place of a secret.
func TestASyncKeepsSecretsSecret(t *testing.T) {
	t.Parallel()
	c := Comparison{
		Source: side("staging", 2, lockstep.ConfigDocument{Variables: []lockstep.Variable{variable(ownLevel, "staging", "TOKEN", "plain")}}),
		Target: side("production", 3, lockstep.ConfigDocument{Variables: []lockstep.Variable{variable(ownLevel, "production", "TOKEN", "", secret("p1", 7))}}),
	}
	plan, err := PlanSync(c, SyncRequest{Type: lockstep.SyncFull})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Update.Variables) != 0 || len(plan.Changes) != 1 || !strings.Contains(plan.Changes[0].Reason, "set it as a secret there first") {
		t.Errorf("plan %+v", plan)
	}
}

// A difference is held to the base that was read once.
func TestManyDifferencesSinceASyncDoNotTakeLong(t *testing.T) {
	t.Parallel()
	var source, target lockstep.ConfigDocument
	for i := range 4000 {
		key := fmt.Sprint("V", i)
		source.Variables = append(source.Variables, variable(ownLevel, "staging", key, "1"))
		target.Variables = append(target.Variables, variable(ownLevel, "production", key, "2"))
	}
	c := Comparison{Source: side("staging", 2, source), Target: side("production", 3, target), Base: &Base{Source: target, Target: target}}
	begun := time.Now()
	if d := Differences(c); len(d.Differences) < 4000 {
		t.Errorf("%d differences", len(d.Differences))
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}
