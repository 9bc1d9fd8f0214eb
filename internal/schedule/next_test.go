package schedule_test

import (
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/schedule"
)

const shown = "2006-01-02 15:04:05 -0700"

func rule(tb testing.TB, text, zone string) schedule.Rule {
	tb.Helper()
	r, err := schedule.Parse(text, zone)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func moment(tb testing.TB, text string) time.Time {
	tb.Helper()
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestNext(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, rule, zone, after string
		want                    []string
	}{
		{
			"workdays", "0 2 * * 1-5", "Europe/Berlin", "2026-11-19T12:00:00Z",
			[]string{"2026-11-20 02:00:00 +0100", "2026-11-23 02:00:00 +0100"},
		},
		{"no zone is UTC", "@daily", "", "2026-11-19T12:00:00Z", []string{"2026-11-20 00:00:00 +0000"}},
		{"the moment itself is over", "0 2 * * *", "", "2026-11-20T02:00:00Z", []string{"2026-11-21 02:00:00 +0000"}},
		{"a fraction before it is not", "0 2 * * *", "", "2026-11-20T01:59:59.9Z", []string{"2026-11-20 02:00:00 +0000"}},
		{"a leap day", "0 0 29 2 *", "", "2026-01-01T00:00:00Z", []string{"2028-02-29 00:00:00 +0000"}},
		{"half an hour's zone", "0 2 * * *", "Asia/Kolkata", "2026-11-19T12:00:00Z", []string{"2026-11-20 02:00:00 +0530"}},
		// Berlin: 29 March 2026, 02:00 becomes 03:00; 25 October, 03:00 becomes 02:00.
		{
			"in a gap it fires once, right after it", "30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z",
			[]string{"2026-03-28 02:30:00 +0100", "2026-03-29 03:00:00 +0200", "2026-03-30 02:30:00 +0200"},
		},
		{
			"at the beginning of a gap too", "0 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29 03:00:00 +0200", "2026-03-30 02:00:00 +0200"},
		},
		{
			"several in a gap fire once, and not beside what is right after it", "*/20 2,3 * * *", "Europe/Berlin", "2026-03-29T00:30:00Z",
			[]string{"2026-03-29 03:00:00 +0200", "2026-03-29 03:20:00 +0200", "2026-03-29 03:40:00 +0200", "2026-03-30 02:00:00 +0200"},
		},
		{
			"in an overlap it fires the first time", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25 02:30:00 +0200", "2026-10-26 02:30:00 +0100"},
		},
		{
			"between the two times of an overlap", "30 2 * * *", "Europe/Berlin", "2026-10-25T00:45:00Z",
			[]string{"2026-10-26 02:30:00 +0100"},
		},
		{
			"every hour fires in both", "30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z",
			[]string{"2026-10-25 02:30:00 +0200", "2026-10-25 02:30:00 +0100", "2026-10-25 03:30:00 +0100"},
		},
		{
			"every twenty minutes goes on through an overlap", "*/20 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z",
			[]string{"2026-10-25 02:40:00 +0200", "2026-10-25 02:00:00 +0100", "2026-10-25 02:20:00 +0100"},
		},
		{
			"every hour in a gap", "30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
			[]string{"2026-03-29 01:30:00 +0100", "2026-03-29 03:00:00 +0200", "2026-03-29 03:30:00 +0200"},
		},
		{
			"half an hour's jump", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z",
			[]string{"2026-10-04 02:30:00 +1100", "2026-10-05 02:15:00 +1100"},
		},
		{
			"a day that was left out", "0 9 * * *", "Pacific/Apia", "2011-12-29T19:30:00Z",
			[]string{"2011-12-31 00:00:00 +1400", "2011-12-31 09:00:00 +1400"},
		},
		{
			"midnight is no time", "@daily", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
			[]string{"2018-11-04 01:00:00 -0200", "2018-11-05 00:00:00 -0200"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, next := range rule(t, c.rule, c.zone).Upcoming(moment(t, c.after), len(c.want)) {
				got = append(got, next.Format(shown))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheZeroRuleNeverFires(t *testing.T) {
	t.Parallel()
	if next := (schedule.Rule{}).Next(time.Unix(0, 0)); !next.IsZero() {
		t.Errorf("it fires at %v", next)
	}
}

func TestLast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rule, after, until, want string }{
		{"0 2 * * *", "2026-11-01T02:00:00Z", "2026-11-20T02:05:00Z", "2026-11-20T02:00:00Z"},
		{"0 2 * * *", "2026-11-01T02:00:00Z", "2026-11-20T02:00:00Z", "2026-11-20T02:00:00Z"},
		{"0 2 * * *", "2026-11-20T02:00:00Z", "2026-11-21T01:59:00Z", ""},
		{"0 0 1 1 *", "2020-06-01T00:00:00Z", "2026-11-20T00:00:00Z", "2026-01-01T00:00:00Z"},
		{"* * * * *", "2016-01-01T00:00:00Z", "2026-11-20T00:00:30Z", "2026-11-20T00:00:00Z"},
	} {
		last := rule(t, c.rule, "").Last(moment(t, c.after), moment(t, c.until))
		got := ""
		if !last.IsZero() {
			got = last.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s after %s until %s: got %s, want %s", c.rule, c.after, c.until, got, c.want)
		}
	}
}
