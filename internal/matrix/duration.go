package matrix

import (
	"regexp"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

var (
	bareNumber   = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	spelledUnits = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)$`)
)

// unitOf says which unit a spelled one is; days are 24 hours.
var unitOf = map[string]string{
	"ms": "ms", "msec": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms",
	"s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
	"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
	"h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
	"d": "d", "day": "d", "days": "d",
}

// duration is a time such as 30s or 1h30m, in whole milliseconds from least
// to most.
func (v value) duration(least, most time.Duration) (lockstep.Duration, bool) {
	s, ok := v.text()
	if !ok {
		return 0, false
	}
	if s == "0" && least == 0 {
		return 0, true
	}
	d, err := time.ParseDuration(s)
	switch {
	case err == nil && d == 0 && least > 0:
		v.wrong("", "must be more than 0")
	case err != nil || bareNumber.MatchString(s):
		v.wrong(durationHint(s, least, most), "%q is no duration: use a number with ms, s, m or h", clip(s))
	case d < 0:
		v.wrong("", "%s is negative", clip(s))
	case d%time.Millisecond != 0:
		v.wrong("", "%s is finer than a millisecond", clip(s))
	case d < least || d > most:
		v.wrong("", "%s is out of range: use %s to %s", clip(s), durationText(least), durationText(most))
	default:
		return lockstep.Duration(d), true
	}
	return 0, false
}

// durationHint is the duration that was probably meant, or the range.
func durationHint(s string, least, most time.Duration) string {
	meant := respelled(strings.TrimSpace(s))
	if d, err := time.ParseDuration(meant); err == nil && d >= least && d <= most {
		return "did you mean " + meant + "?"
	}
	return "use " + durationText(least) + " to " + durationText(most)
}

func respelled(s string) string {
	if bareNumber.MatchString(s) {
		return s + "s"
	}
	m := spelledUnits.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	unit := unitOf[strings.ToLower(m[2])]
	if unit != "d" {
		return m[1] + unit
	}
	hours, err := time.ParseDuration(m[1] + "h")
	if err != nil || hours > 1000*time.Hour {
		return ""
	}
	return durationText(24 * hours)
}

// durationText writes 10m, not 10m0s.
func durationText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
