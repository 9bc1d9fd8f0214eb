package cli

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func TestTimesOnTheClockOfThisMachineAreMoments(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 1, 30, 0, 0, time.FixedZone("WIB", 7*3600))
	for in, want := range map[[2]string][2]string{
		{"", ""}:                      {"", ""},
		{"2h", "1h"}:                  {"2h", "1h"},
		{"yesterday", "tomorrow"}:     {"yesterday", "tomorrow"},
		{"2026-02-28T12:00:00Z", ""}:  {"2026-02-28T12:00:00Z", ""},
		{"2026-02-28 12:00", ""}:      {"2026-02-28T05:00:00Z", ""},
		{"2026-02-28T12:00:05", ""}:   {"2026-02-28T05:00:05Z", ""},
		{"2026-02-28", "2026-03-01"}:  {"2026-02-27T17:00:00Z", "2026-02-28T17:00:00Z"},
		{"01:29", ""}:                 {"2026-02-28T18:29:00Z", ""},
		{"23:00", "23:00:59"}:         {"2026-02-28T16:00:00Z", "2026-02-28T16:00:59Z"}, // of the day before: today they are to come
		{"", "23:00"}:                 {"", "2026-02-28T16:00:00Z"},
		{"23:00", "01:00"}:            {"2026-02-28T16:00:00Z", "2026-02-28T18:00:00Z"}, // over midnight
		{"01:20", "01:40"}:            {"2026-02-28T18:20:00Z", "2026-02-28T18:40:00Z"}, // it is still going on
		{"2026-01-31 23:50", "00:10"}: {"2026-01-31T16:50:00Z", "2026-01-31T17:10:00Z"},
	} {
		q := client.LogQuery{Since: in[0], Until: in[1]}
		if err := logRange(&q, now); err != nil || q.Since != want[0] || q.Until != want[1] {
			t.Errorf("%q is from %q to %q, want %q (%v)", in, q.Since, q.Until, want, err)
		}
	}
}

func TestARangeThatEndsBeforeItBeginsIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	q := client.LogQuery{Since: "2026-03-01 11:00", Until: "2026-03-01 10:00"}
	if err := logRange(&q, now); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("%+v: %v", q, err)
	}
}
