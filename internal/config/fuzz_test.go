package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// Whatever a value says, resolving ends, and an escaped text is itself.
func FuzzReferences(f *testing.F) {
	for _, s := range []string{"", "$", "${", "$${", "${A}", "${B}", "$$${B}", "${B}${B}", "${B:-x}", "a}b", "${LOCKSTEP_VERSION}"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		doc := document(v(lockstep.LevelProject, "A", a), v(lockstep.LevelProject, "B", b), v(lockstep.LevelProject, "C", config.Escape(a)))
		got, problems := config.Resolve(doc, services("backend"), config.Setting{})
		if c := got["backend"].Env["C"]; c != a && !strings.HasSuffix(a, "$") && !strings.Contains(a, "$${") {
			t.Errorf("escaped %q comes back as %q", a, c)
		}
		for _, key := range []string{"A", "B"} {
			if _, has := got["backend"].Env[key]; !has && len(problems) == 0 {
				t.Errorf("%s is lost without a word", key)
			}
		}
	})
}

// Whatever a request says, it is refused, or what it says is there.
func FuzzUpdate(f *testing.F) {
	f.Add(`{"variables":[{"key":"A","value":"1","type":"number","validation":{"min":0}}],"sections":{"general":{"region":"eu"}}}`)
	f.Add(`{"variables":[{"key":"A","remove":true},{"key":"B","validation":{"pattern":"("}}],"sections":{"features":{"flags":null}}}`)
	f.Add(`{"variables":[{"key":"A","value":"{}","type":"json","validation":{"schema":{"$ref":"#"}}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var up lockstep.ConfigUpdate
		if json.Unmarshal([]byte(text), &up) != nil {
			return
		}
		after, _, err := config.ApplyUpdate(document(v(lockstep.LevelEnvironment, "A", "x")), up, edit())
		if err != nil {
			return
		}
		held := config.Winners(after)
		for _, c := range up.Variables {
			if v, has := held[c.Slot()]; has == c.Remove || c.Value != nil && !v.Sensitive && !c.Remove && v.Value != *c.Value {
				t.Errorf("%s is not as the request says", c.Slot())
			}
		}
		if _, err := lockstep.Hash(after); err != nil {
			t.Error(err)
		}
		config.Resolve(after, services("backend"), config.Setting{})
	})
}
