package schedule_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/schedule"
)

func TestWrongRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rule, zone, says string }{
		{"", "", "there is no rule"},
		{"0 2 * *", "", "other than five fields"},
		{"0 2 * * * *", "", "other than five fields"},
		{"60 2 * * *", "", "above maximum (59)"},
		{"0 2 * * 7", "", "0 (Sunday) to 6"},
		{"0 2 30 2 *", "", "never fires"},
		{"0 0 31 4,6,9,11 *", "", "never fires"},
		{"@every 1h", "", "*/30"},
		{"@reboot", "", "@reboot"},
		{"TZ=Europe/Berlin 0 2 * * *", "", "--tz"},
		{"CRON_TZ=", "", "--tz"},
		{"0 2 * * *", "Europe/Berlni", "did you mean Europe/Berlin?"},
		{"0 2 * * *", "jakarta", "did you mean Asia/Jakarta?"},
		{"0 2 * * *", "new york", "did you mean America/New_York?"},
		{"0 2 * * *", "Local", "there is no time zone"},
		{"0 2 * * *", "Mars/Olympus_Mons", "use a name such as"},
		{strings.Repeat("1,", 200) + "1 * * * *", "", "longer than"},
	} {
		_, err := schedule.Parse(c.rule, c.zone)
		if lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q in %q: %v, which does not say %q", c.rule, c.zone, err, c.says)
		}
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	berlin, err := schedule.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want, says string }{
		{"2026-03-23 02:00", "2026-03-23T01:00:00Z", ""},
		{"2026-03-23T02:00:30", "2026-03-23T01:00:30Z", ""},
		{"2026-03-23T02:00:00+07:00", "2026-03-22T19:00:00Z", ""},
		{"+90m", "2026-03-20T13:30:00Z", ""},
		{"2026-10-25 02:30", "2026-10-25T00:30:00Z", ""}, // twice: the first
		{"2026-03-29 02:30", "", "is no time in Europe/Berlin: the clock is put forward over it, to 03:00"},
		{"2026-03-20 12:59", "", "is past: it is 2026-03-20 13:00:00 CET now"},
		{"2026-03-20T12:00:00Z", "", "is past"},
		{"+0s", "", "no time from now"},
		{"+soon", "", "no time from now"},
		{"tonight", "", "is no time: write"},
		{"2026-02-30 02:00", "", "is no time: write"},
	} {
		got, err := schedule.At(c.text, berlin, now)
		switch {
		case c.says != "" && (lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, which does not say %q", c.text, err, c.says)
		case c.says == "" && (err != nil || got.Format(time.RFC3339) != c.want):
			t.Errorf("%s: got %v, %v, want %s", c.text, got, err, c.want)
		}
	}
}

// FuzzParse: whatever is written is refused or fires, and then in order.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0 2 * * 1-5", "*/15 0-23/2 1,15 * MON", "@daily", "@every 1h", "TZ=", "0 2 30 2 *", "? ? ? ? ?", "1-0 * * * *", "*/0 * * * *"} {
		f.Add(seed, "Europe/Berlin", int64(1774746000))
	}
	f.Fuzz(func(t *testing.T, text, zone string, after int64) {
		r, err := schedule.Parse(text, zone)
		if err != nil {
			if lockstep.CodeOf(err) != lockstep.CodeInvalid {
				t.Fatalf("%q in %q: %v has no code", text, zone, err)
			}
			return
		}
		from := time.Unix(after%(1<<33), 0)
		for range 3 {
			next := r.Next(from)
			if next.IsZero() {
				return
			}
			if !next.After(from) {
				t.Fatalf("%q in %q: %v is not after %v", text, zone, next, from)
			}
			from = next
		}
	})
}
