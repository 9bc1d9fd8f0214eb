package config

import (
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func variable(level lockstep.VariableLevel, owner, key, value string, change ...func(*lockstep.Variable)) lockstep.Variable {
	v := lockstep.Variable{
		Key: key, Value: value, Type: lockstep.VariableString, Scope: lockstep.ScopeGlobal, Source: lockstep.SourceManual,
		LastModified: noon, ModifiedBy: "ada", Level: level, Owner: owner,
	}
	for _, f := range change {
		f(&v)
	}
	return v
}

func of(service string) func(*lockstep.Variable) {
	return func(v *lockstep.Variable) { v.Scope, v.Target = lockstep.ScopeService, service }
}

func hoursLater(n int, by string) func(*lockstep.Variable) {
	return func(v *lockstep.Variable) {
		v.LastModified, v.ModifiedBy = noon.Add(time.Duration(n)*time.Hour), by
	}
}

func secret(id string, version int64) func(*lockstep.Variable) {
	return func(v *lockstep.Variable) {
		v.Value, v.Sensitive, v.Type, v.SecretID, v.SecretVersion = "", true, lockstep.VariableSecret, id, version
	}
}

func side(name string, number int64, doc lockstep.ConfigDocument) Side {
	kind := lockstep.TypeFromName(name)
	return Side{
		Environment: lockstep.Environment{ID: name, Name: name, Type: kind},
		Config:      lockstep.ConfigVersion{Number: number, Document: doc},
		Declared:    lockstep.ConfigDocument{Services: doc.Services},
	}
}

const (
	ownLevel = lockstep.LevelEnvironment
	project  = lockstep.LevelProject
	typed    = lockstep.LevelType
)

// staging and production are a pair in which everything differs that can.
func pairOfAll() Comparison {
	staging := side("staging", 9, lockstep.ConfigDocument{
		Services: map[string]lockstep.ServiceConfig{
			"backend": {Defaults: map[string]string{"MODE": "web"}, Env: map[string]string{"API_URL": "http://s"}, Command: []string{"./new"}},
		},
		Variables: []lockstep.Variable{
			variable(project, "shop", "LEVEL", "info"), variable(typed, "staging", "DEBUG", "on"),
			variable(ownLevel, "staging", "LEVEL", "debug", hoursLater(3, "bob")), variable(ownLevel, "staging", "SAME", "1"),
			variable(ownLevel, "staging", "RATE", "5", of("backend")),
			variable(ownLevel, "staging", "TOKEN", "", secret("s1", 2)), variable(ownLevel, "staging", "PIN", "", secret("s2", 1)),
			variable(ownLevel, "staging", "LOCKSTEP_X", "x", func(v *lockstep.Variable) { v.Level = lockstep.LevelBuiltin }),
		},
		Sections: map[lockstep.ConfigSection]any{lockstep.SectionGeneral: map[string]any{"timezone": "UTC", "limits": map[string]any{"a": 1.0}}},
	})
	production := side("production", 4, lockstep.ConfigDocument{
		Services: map[string]lockstep.ServiceConfig{"backend": {Defaults: map[string]string{"MODE": "web"}, Env: map[string]string{"API_URL": "http://p"}}},
		Variables: []lockstep.Variable{
			variable(project, "shop", "LEVEL", "info"), variable(typed, "production", "DEBUG", "off"),
			variable(ownLevel, "production", "SAME", "1"), variable(ownLevel, "production", "RATE", "9", of("backend"), hoursLater(5, "eve")),
			variable(ownLevel, "production", "TOKEN", "", secret("p1", 7)), variable(ownLevel, "production", "PIN", "", secret("p2", 1)),
			variable(ownLevel, "production", "HOTFIX", "yes"),
		},
		Sections: map[lockstep.ConfigSection]any{lockstep.SectionGeneral: map[string]any{"timezone": "Europe/Rome"}},
	})
	staging.Declared = lockstep.ConfigDocument{}
	staging.Release, production.Release = "2.1.0", "2.0.0"
	running := production.Config
	running.Number, running.Document.Variables = 3, running.Document.Variables[:5]
	production.Running = &running
	production.Environment.Spec.Replicas = map[string]int{"backend": 4}
	production.Environment.Spec.Strategy.Pause = lockstep.Duration(3 * time.Second)
	production.Replicas = map[string]int{"backend": 6}
	return Comparison{
		Source: staging, Target: production, Specific: Patterns{"PIN"},
		SameSecret: func(a, b lockstep.SecretRef) bool { return false },
	}
}

func lines(d lockstep.EnvironmentDiff) string {
	var b strings.Builder
	for _, x := range d.Differences {
		b.WriteString(strings.Join([]string{string(x.Class), x.Path, string(x.Type), string(x.ChangedIn), x.ModifiedBy, x.Environment, x.Reason}, "|") + "\n")
	}
	return b.String()
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	got := lines(Differences(pairOfAll()))
	want := `unpromoted|general.limits.a|add|source|||changed in staging
unpromoted|general.timezone|modify||||differs; which side changed is not recorded
unpromoted|release|modify||||another release runs
unpromoted|services.backend.command|add|source|||changed in staging
unpromoted|variables.HOTFIX|remove|target|ada||changed in production
unpromoted|variables.LEVEL|modify|source|bob||changed in staging
unpromoted|variables.TOKEN|modify||||differs; which side changed is not recorded
unpromoted|variables.backend.RATE|modify|target|eve||changed in production
drifted|services.backend.replicas|modify|||production|production has not been deployed since
drifted|variables.HOTFIX|add|||production|production stores configuration 4 and runs 3
drifted|variables.PIN|add|||production|production stores configuration 4 and runs 3
intended|services.backend.replicas|modify||||the matrix says how each environment is run
intended|strategy.pause|remove||||the matrix says how each environment is run
intended|variables.DEBUG|modify||||it is said for type staging and production
intended|variables.PIN|modify||||the matrix says that PIN is specific
intended|variables.backend.API_URL|modify||||the matrix says it for staging and production
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d := Differences(pairOfAll())
	if d.Counts[lockstep.DifferenceIntended] != 5 || d.Counts[lockstep.DifferenceDrifted] != 3 || d.Same == 0 || d.Target.Running != 3 {
		t.Errorf("%+v", d)
	}
	for _, x := range d.Differences {
		if x.Path == "strategy.pause" && x.Target != "3s" {
			t.Errorf("the pause is %v", x.Target)
		}
		if x.Sensitive != (strings.Contains(x.Path, "TOKEN") || strings.Contains(x.Path, "PIN")) {
			t.Errorf("%s: sensitive is %v", x.Path, x.Sensitive)
		}
		for _, v := range []any{x.Source, x.Target, x.Stored, x.Running} {
			if x.Sensitive && v != nil && v != lockstep.Redacted {
				t.Errorf("%s shows %v", x.Path, v)
			}
		}
	}
}

func TestDifferencesSinceASync(t *testing.T) {
	t.Parallel()
	c := pairOfAll()
	before := func(rate, level string) lockstep.ConfigDocument {
		return lockstep.ConfigDocument{Variables: []lockstep.Variable{
			variable(ownLevel, "", "RATE", rate, of("backend")), variable(ownLevel, "", "LEVEL", level),
		}}
	}
	// LEVEL is as it was in production, RATE has changed in both.
	c.Base = &Base{DiffBase: lockstep.DiffBase{SyncID: "x", From: "staging", To: "production"}, Source: before("1", "info"), Target: before("1", "info")}
	got := lines(Differences(c))
	for _, want := range []string{
		"unpromoted|variables.LEVEL|modify|source|bob||changed in staging since the sync from staging to production\n",
		"unpromoted|variables.backend.RATE|modify|both|eve||changed in both since the sync from staging to production\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestSecretsAreComparedByWhatIsKnown(t *testing.T) {
	t.Parallel()
	c := pairOfAll()
	c.SameSecret = func(a, b lockstep.SecretRef) bool {
		return a == lockstep.SecretRef{ID: "s1", Key: "TOKEN", Version: 2} && b == lockstep.SecretRef{ID: "p1", Key: "TOKEN", Version: 7}
	}
	if got := lines(Differences(c)); strings.Contains(got, "TOKEN") {
		t.Errorf("one value, two seals:\n%s", got)
	}
}

func TestAnEnvironmentDoesNotDifferFromItself(t *testing.T) {
	t.Parallel()
	c := pairOfAll()
	c.Target = c.Source
	if d := Differences(c); len(d.Differences) != 0 {
		t.Errorf("differs:\n%s", lines(d))
	}
}
