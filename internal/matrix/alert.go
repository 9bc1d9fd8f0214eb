package matrix

import (
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/alert"
	"github.com/lockstep-dev/lockstep/internal/expression"
)

// alertRule is one of environments.<name>.alerts.
type alertRule struct {
	lockstep.AlertRule
	when, clear value // where they stand
}

const maxAlerts = 50 // of one environment

var alertKeys = keys[alertRule]{
	{"name", func(v value, a *alertRule) {
		if s, ok := v.filled(); ok {
			if !plainName.MatchString(s) || len(s) > 50 {
				v.wrong("", "alert name %q: use at most 50 letters, digits, hyphens and underscores", clip(s))
			}
			a.Name = s
		}
	}},
	{"when", func(v value, a *alertRule) { a.When, a.when = v.condition(), v }},
	{"for", func(v value, a *alertRule) { setDuration(v, time.Second, 7*24*time.Hour, &a.For) }},
	{"clear", func(v value, a *alertRule) { a.Clear, a.clear = v.condition(), v }},
}

// condition is the text of an expression; what it says is looked at when the
// services are known.
func (v value) condition() string {
	s, ok := v.filled()
	if ok && len(s) > expression.MaxLength {
		v.wrong("", "a condition is at most %d bytes long", expression.MaxLength)
		return ""
	}
	return s
}

func readAlerts(v value) []alertRule {
	items, ok := v.list()
	if !ok {
		return nil
	}
	if len(items) > maxAlerts {
		v.wrong("", "%d alerts are more than %d", len(items), maxAlerts)
		return nil
	}
	names := make([]word, 0, len(items))
	out := make([]alertRule, 0, len(items))
	for _, item := range items {
		var a alertRule
		if !alertKeys.read(item, &a) {
			continue
		}
		if a.Name != "" {
			names = append(names, word{a.Name, item.at()})
		}
		if !item.has("name") || !item.has("when") {
			item.wrong(`write {name: unwell, when: "health.score < 90", for: 2m}`, "an alert needs name and when")
		}
		out = append(out, a)
	}
	v.once(names)
	return out
}

// checkAlerts: conditions are of the right types and name services that the
// environment has.
func checkAlerts(doc *document) {
	for _, e := range doc.environments {
		known := doc.serviceNames()
		for _, dep := range e.dependencies {
			known = append(known, dep.record.Name)
		}
		for _, a := range e.alerts {
			checkCondition(a.when, a.When, known)
			checkCondition(a.clear, a.Clear, known)
		}
	}
}

func checkCondition(v value, text string, known []string) {
	if text == "" {
		return // not said, or reported
	}
	if _, err := alert.Parse(text, known); err != nil {
		v.mistaken(err, "")
	}
}

func alertTree(a lockstep.AlertRule) branch {
	b := branch{"name": a.Name, "when": a.When}
	b.put("for", duration(a.For))
	b.put("clear", a.Clear)
	return b
}

// alertTrees are mappings, which a plan compares one by one.
func alertTrees(alerts []lockstep.AlertRule) []any {
	out := make([]any, len(alerts))
	for i, a := range alerts {
		out[i] = map[string]any(alertTree(a))
	}
	return out
}

func exportAlerts(alerts []lockstep.AlertRule) []any {
	out := make([]any, len(alerts))
	for i, a := range alerts {
		out[i] = inOrder(alertTree(a), alertKeys.names())
	}
	return out
}
