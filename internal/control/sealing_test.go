package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// The same request again is answered alike, whatever it brings; another one
// under its key is told, although no value stands in the request's hash.
func TestARequestWithSecretsIsKnownAgain(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	by := control.By{Actor: "ana", Key: "k1"}
	ask := func(secret, text string) result[lockstep.ConfigUpdateResult] {
		up := variables(secretly("PASSWORD", secret), setTo("TEXT", text))
		return got(w.control.UpdateConfig(t.Context(), by, "", "staging", up))
	}
	first := must(w.world, ask("hunter2", "a"))
	again := must(w.world, ask("hunter2", "a"))
	if first.Number != 2 || again.Number != 2 {
		t.Errorf("versions %d and %d", first.Number, again.Number)
	}
	refused(w.world, ask("other", "a"), lockstep.CodeConflict, "Idempotency-Key was used for another request")
	refused(w.world, ask("hunter2", "b"), lockstep.CodeConflict, "Idempotency-Key was used for another request")

	var answer lockstep.Answer
	if err := w.store.View(t.Context(), func(tx *store.Tx) (err error) { answer, err = tx.Answer("ana", "k1"); return err }); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(answer.Body), "hunter2") {
		t.Errorf("the answer holds the secret: %s", answer.Body)
	}
	hash, err := lockstep.Hash(map[string]any{"what": "update config", "request": []any{"", "staging", variables(secretly("PASSWORD", "hunter2"), setTo("TEXT", "a"))}})
	if err != nil || answer.Request == hash {
		t.Errorf("the request's hash can be made from a guess: %v", err)
	}
}

func TestRevealIsNoted(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.set("staging", secretly("PASSWORD", "hunter2"))
	after := w.newest()
	shown := func(query control.VariableQuery) string {
		t.Helper()
		list := must(w.world, got(w.control.Variables(t.Context(), bo, "", "staging", query)))
		for _, v := range list.Variables {
			if v.Key == "PASSWORD" {
				return v.Value
			}
		}
		return ""
	}
	if got := shown(control.VariableQuery{}); got != lockstep.Redacted || w.newest() != after {
		t.Errorf("shown as %q, with %d events", got, w.newest()-after)
	}
	if got := shown(control.VariableQuery{Reveal: true}); got != "hunter2" {
		t.Errorf("revealed as %q", got)
	}
	events := w.happened(after)
	if len(events) != 1 || events[0].Type != lockstep.EventSecretsRevealed || events[0].Actor != "bo" || events[0].Data["environment"] != "staging" {
		t.Errorf("events %+v", events)
	}
	refused(w.world, got(w.control.Variables(t.Context(), control.By{}, "", "staging", control.VariableQuery{Reveal: true})), lockstep.CodeUnauthenticated)
	report := must(w.world, got(w.control.Config(t.Context(), bo, "", "staging", false)))
	for _, v := range append(report.Variables, report.Version.Document.Variables...) {
		if v.Key == "PASSWORD" && v.Value != lockstep.Redacted {
			t.Errorf("the configuration shows %q", v.Value)
		}
	}
}

func TestRestoreBringsASecretBack(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.set("staging", secretly("PASSWORD", "first"))
	w.set("staging", secretly("PASSWORD", "second"))
	must(w.world, got(w.control.RestoreConfig(t.Context(), ana, "", "staging", 2, lockstep.ConfigUpdateOptions{})))
	list := must(w.world, got(w.control.Variables(t.Context(), ana, "", "staging", control.VariableQuery{Own: true, Reveal: true})))
	found := false
	for _, v := range list.Variables {
		if v.Key == "PASSWORD" {
			found = v.Value == "first" && v.SecretVersion == 1
		}
	}
	if !found {
		t.Errorf("variables %+v", list.Variables)
	}
}
