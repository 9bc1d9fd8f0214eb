package control

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

var updateSentences = flag.Bool("update-sentences", false, "write the sentences that the dashboard's texts are compared with")

// saidOnce is a sentence with its English.
type saidOnce struct {
	Sentence lockstep.HistorySentence `json:"sentence"`
	Words    lockstep.HistoryWords    `json:"words"`
	Text     string                   `json:"text"`
}

// The dashboard's tests read the same file: its English is the server's, and
// what is said here is said in every language.
func TestSentences(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 15, 4, 0, 0, time.UTC)
	full := lockstep.HistoryWords{
		Environment: "production", Version: "2.1.4", Service: "api", Name: "nightly", From: "staging", To: "production-green", At: &at, Step: "canary-10",
		Word: "changed", Names: []string{"A", "B", "C", "D", "E", "F", "G"}, Replicas: map[string]int{"web": 3, "api": 2}, Created: 2, Changed: 1, Deleted: 4,
	}
	var all []saidOnce
	say := func(s lockstep.HistorySentence, w lockstep.HistoryWords) {
		all = append(all, saidOnce{s, w, english(s, w)})
	}
	for _, s := range lockstep.HistorySentences() {
		if s == lockstep.SaysOther {
			continue
		}
		w := full
		w.Act = lockstep.ActDeployment
		say(s, w)
		say(s, lockstep.HistoryWords{Act: lockstep.ActStop, At: &at}) // what is gone has no name
	}
	for _, a := range lockstep.HistoryActs() {
		w := full
		w.Act = a
		say(lockstep.SaysFailed, w)
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join("testdata", "sentences.json")
	if *updateSentences {
		if err := os.WriteFile(place, append(text, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(place)
	if err != nil || strings.TrimSpace(string(want)) != string(text) {
		t.Errorf("%s is not what the server says (%v): write it anew with -update-sentences, and look at what changed", place, err)
	}
	for _, s := range all {
		if s.Text == "" || s.Text == s.Words.Name {
			t.Errorf("%s has no words", s.Sentence)
		}
	}
}

// A new type of event that a history has needs a sentence.
func TestEveryTypeOfEventHasASentence(t *testing.T) {
	t.Parallel()
	types := map[lockstep.EventType]bool{}
	for _, of := range told {
		for _, each := range of.types {
			types[each] = true
		}
	}
	if len(types) < 20 {
		t.Fatalf("a history has %d types of events only", len(types))
	}
	for _, each := range slices.Sorted(maps.Keys(types)) {
		h := storyteller{}.entry(lockstep.Event{Type: each}, time.Now())
		if h.Sentence == "" || h.Sentence == lockstep.SaysOther || h.Text == "" || h.Text == string(each) {
			t.Errorf("%s has no sentence: %q %q", each, h.Sentence, h.Text)
		}
		if !slices.Contains(lockstep.HistorySentences(), h.Sentence) {
			t.Errorf("%s says %q, which is not listed", each, h.Sentence)
		}
	}
}
