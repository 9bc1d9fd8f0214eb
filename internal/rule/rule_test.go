package rule

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/expression"
)

func figures(tb testing.TB) Figures {
	tb.Helper()
	side := func(requests, errors int64, took time.Duration) lockstep.RevisionStats {
		h := lockstep.CountLatencies(slices.Repeat([]int64{took.Microseconds()}, int(requests))...)
		return lockstep.RevisionStats{Requests: requests, Errors: errors, Routes: map[string]lockstep.RouteStats{
			"/api": {Requests: requests, Errors: errors, Latencies: h},
		}}
	}
	return Figures{New: SideOf(side(200, 6, 40*time.Millisecond)), Old: SideOf(side(1000, 10, 20*time.Millisecond))}
}

func TestRules(t *testing.T) {
	t.Parallel()
	f := figures(t)
	for text, want := range map[string]bool{
		"new.errorRate <= old.errorRate + 0.01":                                  false,
		"new.errorRate <= old.errorRate + 0.025":                                 true,
		"new.errors <= 6 && new.requests == 200":                                 true,
		`new.routes["/api"].p95 < 60 and old.routes["/api"].p95 < 30`:            true,
		"new.p95 <= 1.2 * old.p95":                                               false,
		"new.p50 < 60 && new.p99 < 60 && new.p50 > 30":                           true,
		`new.routes["/nowhere"].requests == 0`:                                   true,
		"max(new.errorRate, old.errorRate) < 0.05":                               true,
		"let worse = new.errorRate - old.errorRate; worse < 0.01 or worse > 0.5": false,
		"new.errors > 100 ? new.errorRate < 0.1 : true":                          true,
		"new.errors in 1..10":                                                    true,
	} {
		r, err := Compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := r.Holds(f); got != want || err != nil {
			t.Errorf("%s is %v (%v), want %v; %s", text, got, err, want, r.Read(f))
		}
	}
}

func TestARuleTellsWhatItReads(t *testing.T) {
	t.Parallel()
	r, err := Compile(`new.errorRate <= old.errorRate && new.routes["/api"].p95 < 30 && new.errorRate < 1`)
	if err != nil {
		t.Fatal(err)
	}
	want := `new.errorRate 0.03 (6 of 200), old.errorRate 0.01 (10 of 1000), new.routes["/api"].p95 `
	if got := r.Read(figures(t)); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, " ms") {
		t.Errorf("%s\nwant %s…", got, want)
	}
	if routes := r.Routes(); len(routes) != 1 || routes[0] != "/api" {
		t.Errorf("routes %v", routes)
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		at   int
		says string
	}{
		"new.errorrate < 1":                  {4, "there is no figure errorrate"},
		"new.errorRate < ":                   {15, "unexpected token EOF"},
		"fresh.errorRate < 1":                {0, "unknown name fresh"},
		"new.errorRate":                      {0, "expected bool, but got float64"},
		`new.routes["/über"].p59 < 1`:        {21, "there is no figure p59"},
		`new.errorRate < "1"`:                {14, "invalid operation: < (mismatched types float64 and string)"},
		"true":                               {0, "reads no figure"},
		"now().Year() > 3 && new.errors < 1": {0, "there is no function now here"},
		"let a = \"xxxxxxxx\"; let b = a + a; b + b == \"\" || new.errors < 1": {24, "a variable is a number, or a condition"},
		"all(1..9, # > 0) && new.errors < 1":                                   {0, "there is no function all here: use one of abs, ceil"},
		`new.routes == nil`:                                                    {4, `routes is read by a route's name: new.routes["/api"]`},
		`new.routes["/"] == old.routes["/"]`:                                   {10, "name a figure of the route"},
		`let n = new; n.errors < 1`:                                            {4, "a variable is a number, or a condition"},
		`$env["new"].errors < 1`:                                               {4, "figures are read of new and of old, not of $env"},
		`new == old`:                                                           {0, "name a figure of it: new.errorRate"},
		`new.routes[string(new.errors)].errors<1`:                              {11, "there is no function string here"},
		strings.Repeat("(", 2000):                                              {0, "longer than 1000 bytes"},
		strings.Repeat("1+", 300) + "1 > new.p50":                              {201, "exceeds maximum allowed nodes"},
	} {
		_, err := Compile(text)
		var m *expression.Mistake
		if !errors.As(err, &m) || m.At != want.at || !strings.Contains(m.Message, want.says) {
			t.Errorf("%.60s: %#v, want %+v", text, m, want)
		}
	}
}

// What cannot be computed is an error, not a yes or no.
func TestARuleThatCannotBeComputed(t *testing.T) {
	t.Parallel()
	r, err := Compile("new.requests % (old.requests - 1000) == 0")
	if err != nil {
		t.Fatal(err)
	}
	if holds, err := r.Holds(figures(t)); holds || err == nil {
		t.Errorf("%v %v", holds, err)
	}
	_, err = Compile("len(1..new.requests * 1000) > 3 || new.requests in 1..new.requests * 100000")
	if err == nil {
		t.Fatal("len is no function of numbers")
	}
	if r, err = Compile("new.requests in 1..(new.requests * 100000)"); err != nil {
		t.Fatal(err)
	}
	if holds, err := r.Holds(figures(t)); holds || err == nil || !strings.Contains(err.Error(), "memory budget exceeded") {
		t.Errorf("%v %v", holds, err)
	}
}

// Whatever the text, reading it ends, and what was read can be asked.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"new.errorRate <= old.errorRate + 0.01", `new.routes["/api"].p95 < 300`, "let x = new.errors; x < 3", "new", "1..9", "$env", "new?.errors ?? 1 > 0",
	} {
		f.Add(seed)
	}
	all := figures(f)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Compile(text)
		if err != nil {
			var m *expression.Mistake
			if !errors.As(err, &m) || m.Message == "" || m.At < 0 || m.At > len(text) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if _, err := r.Holds(all); err == nil && r.Read(all) == "" {
			t.Errorf("%q reads nothing", text)
		}
	})
}
