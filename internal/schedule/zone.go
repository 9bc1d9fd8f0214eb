package schedule

import (
	_ "embed"
	"strings"
	"time"
	_ "time/tzdata" // every machine knows the same zones

	"github.com/lockstep-dev/lockstep"
)

// zones are the names that a suggestion is chosen from.
//
//go:embed zones.txt
var zones string

// Zone finds a time zone by its name; "" is UTC.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	// Local is the server's, which a schedule must not hang on.
	if zone, err := time.LoadLocation(name); err == nil && name != "Local" {
		return zone, nil
	}
	err := lockstep.Invalid("timeZone", "there is no time zone %q: use a name such as Europe/Berlin or Asia/Jakarta", name)
	if near := nearestZone(name); near != "" {
		err = lockstep.Invalid("timeZone", "there is no time zone %q: did you mean %s?", name, near)
	}
	return nil, err
}

// nearestZone is the zone whose name, or whose city, differs least.
func nearestZone(name string) string {
	if len(name) > 64 {
		return ""
	}
	wanted := plainName(name)
	best, distance := "", max(2, len(wanted)/3)+1
	for zone := range strings.Lines(zones) {
		zone = strings.TrimSpace(zone)
		_, city, _ := strings.Cut(zone, "/")
		for _, candidate := range []string{zone, city} {
			if candidate == "" {
				continue
			}
			if d := lockstep.EditDistance(wanted, plainName(candidate)); d < distance && d < len(candidate) {
				best, distance = zone, d
			}
		}
	}
	return best
}

func plainName(name string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(name))
}
