package alert_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/alert"
	"github.com/lockstep-dev/lockstep/internal/expression"
)

func TestExpressionsAreChecked(t *testing.T) {
	t.Parallel()
	known := []string{"cache", "web"}
	for text, want := range map[string]string{ // what is wrong, and the text from there on
		`health.score < 90`: "",
		`services.cache.latency > 50 and !services["web"].up`: "",
		`services.cache.figures.hitRatio < 80.5`:              "",
		`any(values(services), {.status == "unhealthy"})`:     "",
		`health.score`:       "expected bool, but got int|health.score",
		`health.scor < 90`:   "health has no scor|scor < 90",
		`health.score < "x"`: "invalid operation: < (mismatched types int and string)|< \"x\"",
		`health.score <`:     "unexpected token EOF|<",
		`health.status == "é" and services.cash.up`: `there is no service and no dependency "cash" here|cash.up`,
		`health.status == "naïve 🐢" and nothing`:    "unknown name nothing|nothing",
		`services.cash.up`:                          `there is no service and no dependency "cash" here|cash.up`,
		`env("HOME") == ""`:                         "unknown name env|env(\"HOME\") == \"\"",
		strings.Repeat("true and ", 300) + "true":   "compilation failed: expression exceeds maximum allowed nodes|",
	} {
		_, err := alert.Parse(text, known)
		var m *expression.Mistake
		if (err == nil) != (want == "") {
			t.Errorf("%.40s: %v", text, err)
			continue
		}
		if err != nil && (!errors.As(err, &m) || want != m.Message+"|"+text[m.At:] && !strings.HasPrefix(want, "compilation")) {
			t.Errorf("%.40s: got %q", text, m.Message+"|"+text[m.At:])
		}
	}
}

func TestExpressionsAreBounded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`all(1..9999, all(1..9999, health.score >= 0))`:              "a condition goes through one list at a time",
		`let s = 1..999; any(s, # > health.score)`:                   "a variable is a number, or a condition",
		`len(reduce(1..40, #acc + #acc, "a")) > 0`:                   "there is no function reduce here: use one of all, any, ",
		`len(repeat("a", 1000000000)) > health.score`:                "there is no function repeat here: use one of all, any, ",
		`len(filter(values(services), any(1..9, # > 3))) > 1`:        "a condition goes through one list at a time",
		`health.status == replace("aaaa", "a", replace("a","","b"))`: "there is no function replace here: use one of all, any, ",
	} {
		var mistake *expression.Mistake
		if _, err := alert.Parse(text, nil); !errors.As(err, &mistake) || !strings.HasPrefix(mistake.Message, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	e, err := alert.Parse(`len(filter(1..1000000, # > health.score)) > 0 and any(1..9, # > 3)`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if holds, err := e.Holds(alert.Facts{}); holds || err == nil {
		t.Errorf("got %t, %v", holds, err)
	}
}

func FuzzExpression(f *testing.F) {
	f.Add(`health.score < 90`)
	f.Add(`health.status == "gestört 🐢" or nothing`)
	f.Add(`services.cache.figures["x"] > 1 ? true : any(1..9, {# > 3})`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := alert.Parse(text, []string{"cache"})
		if err != nil {
			var m *expression.Mistake
			if !errors.As(err, &m) || m.At < 0 || m.At > len(text) || m.Message == "" {
				t.Errorf("mistake %+v", m)
			}
			return
		}
		_, _ = e.Holds(alert.Facts{Services: map[string]alert.Service{"cache": {}}})
	})
}

// TestStates: each row is a score at each minute, and the state after it.
func TestStates(t *testing.T) {
	t.Parallel()
	letters := map[lockstep.AlertState]string{lockstep.AlertOK: "o", lockstep.AlertPending: "p", lockstep.AlertFiring: "f", lockstep.AlertResolved: "r"}
	for _, c := range []struct {
		rule   lockstep.AlertRule
		scores []int
		want   string
	}{
		{lockstep.AlertRule{When: "health.score < 90"}, []int{100, 80, 90, 80}, "ofrf"},
		{lockstep.AlertRule{When: "health.score < 90", For: lockstep.Duration(2 * time.Minute)}, []int{80, 80, 80, 80, 100, 80, 100}, "ppffrpo"},
		{lockstep.AlertRule{When: "health.score < 90", Clear: "health.score >= 95"}, []int{80, 92, 94, 95, 92}, "fffrr"},
	} {
		r, err := alert.Compile(c.rule, nil)
		if err != nil {
			t.Fatal(err)
		}
		state, now := lockstep.AlertOK, time.Unix(0, 0)
		since, got := now, ""
		for _, score := range c.scores {
			next, err := r.Next(state, since, now, alert.Facts{Health: alert.Health{Score: score}})
			if err != nil {
				t.Fatal(err)
			}
			if next != state {
				state, since = next, now
			}
			got += letters[state]
			now = now.Add(time.Minute)
		}
		if got != c.want {
			t.Errorf("%+v: got %s, want %s", c.rule, got, c.want)
		}
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	took := lockstep.Duration(7 * time.Millisecond)
	f, known := alert.FactsOf([]lockstep.ServiceHealth{{Name: "cache", Managed: true, Status: lockstep.HealthWarning, ResponseTime: &took, Metadata: map[string]any{"hitRatio": 50.0, "mode": "x"}}})
	s := f.Services["cache"]
	if !known || f.Health.Score != 50 || f.Health.Status != "warning" || !s.Up || s.Latency != 7 || s.Figures["hitRatio"] != 50 || len(s.Figures) != 1 {
		t.Errorf("facts %+v, %t", f, known)
	}
	if _, known := alert.FactsOf(nil); known {
		t.Error("nothing is known")
	}
}
