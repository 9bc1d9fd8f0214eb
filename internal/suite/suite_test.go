package suite

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestNeedReturnsWhereTheRequirementIs(t *testing.T) {
	t.Parallel()
	there := Requirement{Name: "a thing", Find: func() (string, error) { return "/opt/thing", nil }}

	got, path := outcome(t, "TestAny", func(d *testDouble) string { return need(d, there, conditions{ci: true}) })

	if got != "ran" || path != "/opt/thing" {
		t.Fatalf("got %q with path %q, want ran with /opt/thing", got, path)
	}
}

func TestNeedUnmet(t *testing.T) {
	t.Parallel()
	missing := Requirement{
		Name: "a thing", Install: "apt-get install thing",
		Find: func() (string, error) { return "", errors.New("thing not found in PATH") },
	}
	const reason = "needs a thing: thing not found in PATH; to get it: apt-get install thing"
	for name, test := range map[string]struct {
		conditions conditions
		want       string
	}{
		"is skipped with the reason":        {conditions{}, "skipped: not run: " + reason},
		"fails where everything has to run": {conditions{ci: true}, "failed: " + reason + " (CI=true: everything has to run)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := outcome(t, "TestAny", func(d *testDouble) string { return need(d, missing, test.conditions) })
			if got != test.want {
				t.Fatalf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestBelong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		test       string
		conditions conditions
		want       string
	}{
		"skipped unless asked for": {
			"TestCrashWorker",
			conditions{suites: []string{""}},
			`skipped: not run: belongs to the suite "crash"; to run it: make suite-crash`,
		},
		"skipped where another was asked for": {
			"TestCrashWorker",
			conditions{suites: []string{"demo"}},
			`skipped: not run: belongs to the suite "crash"; to run it: make suite-crash`,
		},
		"runs where asked for":             {"TestCrashWorker/at_step_1", conditions{suites: []string{"demo", "crash"}}, "ran"},
		"runs where everything has to run": {"TestCrashWorker", conditions{ci: true}, "ran"},
		"fails under a name that -run would not find": {
			"TestWorkerCrash",
			conditions{ci: true},
			"failed: TestWorkerCrash belongs to the suite \"crash\": its name has to begin with TestCrash, or `make suite-crash` does not find it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := outcome(t, test.test, func(d *testDouble) string {
				belong(d, Crash, test.conditions)
				return ""
			})
			if got != test.want {
				t.Fatalf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestCI(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{"": false, "false": false, "0": false, "true": true, "1": true} {
		if got := CI(func(string) string { return value }); got != want {
			t.Errorf("CI=%q: got %v, want %v", value, got, want)
		}
	}
}

// outcome runs body as a test of that name would run and says how it ended.
func outcome(t *testing.T, name string, body func(*testDouble) string) (string, string) {
	t.Helper()
	double := &testDouble{TB: t, name: name, ended: "ran"}
	var result string
	done := make(chan struct{})
	go func() {
		defer close(done)
		result = body(double)
	}()
	<-done
	return double.ended, result
}

// testDouble stands in for the test that Need and Belong end, which must not be the one that watches them.
type testDouble struct {
	testing.TB

	name, ended string
}

func (d *testDouble) Helper()      {}
func (d *testDouble) Name() string { return d.name }

func (d *testDouble) Skip(args ...any) {
	d.ended = "skipped: " + strings.TrimSuffix(fmt.Sprintln(args...), "\n")
	runtime.Goexit()
}

func (d *testDouble) Fatalf(format string, args ...any) {
	d.ended = "failed: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}
