package lockstep

import "time"

// HealthBatch is what a monitor has seen and has not written yet. Writing it
// twice counts its rollups twice. What is about an environment that has been
// deleted meanwhile is left out.
type HealthBatch struct {
	States  []ServiceHealth
	Changes []HealthChange
	Rollups []HealthRollup
	Events  []Event
	Alerts  []Alert         // that got into another state
	NoMore  []Alert         // by EnvironmentID and Name: there is no such rule any more
	Gone    []ServiceHealth // by EnvironmentID and Name: of no interest any more, its history apart
}

// HealthRollup is how long a service was observed, and up, within the bucket
// that began at a time; Service "" is what users' requests go to.
type HealthRollup struct {
	EnvironmentID string
	Service       string
	Resolution    time.Duration // RollupMinute or RollupQuarter
	Bucket        time.Time
	Observed, Up  time.Duration
}

// The resolutions of rollups, and how long each is kept.
const (
	RollupMinute      = time.Minute
	RollupQuarter     = 15 * time.Minute
	RollupMinuteKept  = 25 * time.Hour // a day, and the bucket in which it begins
	RollupQuarterKept = 30*24*time.Hour + time.Hour
	HealthChangesKept = 30 * 24 * time.Hour
	HealthChangesMost = 1000 // of one service
)

// ObservedTime is a sum of rollups.
type ObservedTime struct{ Observed, Up time.Duration }

// UptimeOf is an observed time as a share of its window.
func UptimeOf(window time.Duration, t ObservedTime) Uptime {
	u := Uptime{Window: Duration(window), Observed: Duration(min(t.Observed, window))}
	if t.Observed > 0 {
		percent := 100 * float64(t.Up) / float64(t.Observed)
		u.Percent = &percent
	}
	return u
}
