package cli

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

func TestFoldKeepsEveryWordAndTheWidth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zä–]{1,60}`), 1, 30).Draw(t, "words")
		width := rapid.IntRange(20, 100).Draw(t, "width")
		text := strings.Join(words, " ")
		lines := fold(text, width)
		for _, l := range lines {
			if lipgloss.Width(l) > width {
				t.Errorf("%q is wider than %d", l, width)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(text) {
			t.Errorf("fold lost something: %q of %q", got, text)
		}
	})
}

func TestFoldBreaksAtSpacesOnly(t *testing.T) {
	t.Parallel()
	got := fold("the await-healthy/backend step of production", 24)
	want := []string{"the", "await-healthy/backend", "step of production"}
	if !slices.Equal(got, want) {
		t.Errorf("fold: %q, want %q", got, want)
	}
}

func TestFoldBreaksAWordThatIsTooWide(t *testing.T) {
	t.Parallel()
	x := strings.Repeat("x", 30)
	for text, want := range map[string][]string{
		"at " + x:               {"at xxxxxxxxxxxxxxxxx", "xxxxxxxxxxxxx"},
		"somewhere there " + x:  {"somewhere there", x[:20], x[20:]},
		x + " " + x + " is two": {x[:20], x[20:], x[:20], x[20:] + " is two"},
	} {
		if got := fold(text, 20); !slices.Equal(got, want) {
			t.Errorf("fold(%q): %q, want %q", text, got, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err     error
		columns int
		want    string
	}{
		"plain":           {errors.New("no such thing"), 0, "error: no such thing"},
		"said already":    {&lockstep.Error{Code: lockstep.CodeNotFound, Message: `environment "stagin" does not exist: did you mean staging?`, Problems: []lockstep.Problem{{Field: "environment", Message: "does not exist", Suggestion: "staging"}}}, 0, `error: environment "stagin" does not exist: did you mean staging?`},
		"rules, no names": {&lockstep.Error{Code: lockstep.CodeRefused, Message: "deploy is refused", Problems: []lockstep.Problem{{Field: "maintenance", Message: "it is in maintenance"}, {Field: "archived", Message: "it is archived"}}}, 0, "error: deploy is refused\n  it is in maintenance\n  it is archived"},
		"with its place": {
			&lockstep.Error{Code: lockstep.CodeInvalid, Message: "matrix.yaml is not valid", Problems: []lockstep.Problem{{Field: "services.web.porl", Message: "is not a key", Line: 7, Column: 5, Excerpt: "  7 | porl: 1\n      ^", Suggestion: "port"}}}, 0,
			"error: matrix.yaml is not valid\n\n  line 7, column 5: services.web.porl: is not a key\n      7 | porl: 1\n          ^\n    port",
		},
		"wrapped": {lockstep.Errorf(lockstep.CodeConflict, "data directory /x is in use by another server: stop it"), 40, "error: data directory /x is in use by\n  another server: stop it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := describe(c.err, c.columns); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestProgressText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data    string
		text    string
		trouble bool
	}{
		"a message":    {`{"message": "no answer; trying again"}`, "no answer; trying again", true},
		"all ready":    {`{"ready": 2, "desired": 2, "instances": [{"id": "w-0", "state": "ready"}]}`, "2 of 2 instances ready", false},
		"on its way":   {`{"ready": 0, "desired": 1, "instances": [{"id": "w-0", "state": "starting", "restarts": 0, "reason": "no answer yet"}]}`, "0 of 1 instance ready; w-0 is starting: no answer yet", false},
		"the worst":    {`{"ready": 0, "desired": 2, "instances": [{"id": "w-0", "state": "starting", "restarts": 0}, {"id": "w-1", "state": "backoff", "restarts": 2, "reason": "exited with status 3"}]}`, "0 of 2 instances ready; w-1 ended and waits to be started again: exited with status 3", true},
		"nothing said": {`{"seq": 3}`, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var data map[string]any
			if err := json.Unmarshal([]byte(c.data), &data); err != nil {
				t.Fatal(err)
			}
			if text, trouble := progressText(data); text != c.text || trouble != c.trouble {
				t.Errorf("got %q, %v; want %q, %v", text, trouble, c.text, c.trouble)
			}
		})
	}
}

func TestTimesForPeople(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0ms", 999 * time.Millisecond: "999ms", time.Second: "1.0s", 59_990 * time.Millisecond: "59.9s",
		time.Minute: "1m 00s", 61 * time.Second: "1m 01s", 59*time.Minute + 59*time.Second: "59m 59s", 26 * time.Hour: "26h 00m",
	} {
		if got := took(d); got != want {
			t.Errorf("took(%s) = %q, want %q", d, got, want)
		}
	}
	now := time.Unix(1_000_000, 0)
	for d, want := range map[time.Duration]string{-time.Hour: "0s ago", 59 * time.Second: "59s ago", time.Hour: "1h ago", 47 * time.Hour: "47h ago", 48 * time.Hour: "2d ago"} {
		if got := ago(now, now.Add(-d)); got != want {
			t.Errorf("%s before: %q, want %q", d, got, want)
		}
	}
}
