package schedule

import (
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// layouts are how a time on the wall is written.
var layouts = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"}

// At reads when something is to happen: "2026-11-23 02:00" on the wall of a
// zone, RFC 3339, or "+2h" from now. A time that the zone's clock never shows
// is refused; one that it shows twice is the first.
func At(text string, zone *time.Location, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(rest)
		if err != nil || d <= 0 {
			return time.Time{}, lockstep.Invalid("at", "%q is no time from now: write it like +2h or +90m", text)
		}
		return now.Add(d).UTC(), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return future(t, text, now)
	}
	for _, layout := range layouts {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		first, _ := moments(at, zone)
		if shown := wallOf(first); !shown.Equal(at) {
			return time.Time{}, lockstep.Invalid("at", "%s is no time in %s: the clock is put forward over it, to %s", text, zone, first.Format("15:04"))
		}
		return future(first, text, now)
	}
	return time.Time{}, lockstep.Invalid("at", `%q is no time: write "2026-11-23 02:00" (with --tz for another zone than this machine's), 2026-11-23T02:00:00Z or +2h`, text)
}

func future(t time.Time, text string, now time.Time) (time.Time, error) {
	if t.After(now) {
		return t.UTC(), nil
	}
	return time.Time{}, lockstep.Invalid("at", "%s is past: it is %s now", text, now.In(t.Location()).Format("2006-01-02 15:04:05 MST"))
}
