package monitor

import (
	"slices"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	batchSize   = 500     // rows of a transaction: writers wait for each other
	mostChanges = 10_000  // that are kept while the store is away
	mostRollups = 200_000 // likewise
)

// journal is what was seen and is not written yet.
type journal struct {
	mu      sync.Mutex
	states  map[key]lockstep.ServiceHealth
	urgent  map[key]bool // states that changed
	changes []lockstep.HealthChange
	events  []lockstep.Event
	rollups map[rollup]lockstep.ObservedTime
	gone    map[key]bool
	alerts  map[key]lockstep.Alert
	told    []lockstep.Event // of alerts
	ended   map[key]bool     // alerts that there are no more
	hasNews chan struct{}    // holds one where something changed since news was asked for
}

type rollup struct {
	key
	resolution time.Duration
	bucket     int64 // microseconds
}

func newJournal() *journal {
	return &journal{states: map[key]lockstep.ServiceHealth{}, urgent: map[key]bool{}, rollups: map[rollup]lockstep.ObservedTime{}, gone: map[key]bool{}, alerts: map[key]lockstep.Alert{}, ended: map[key]bool{}, hasNews: make(chan struct{}, 1)}
}

// state is how a service is now.
func (j *journal) state(k key, h lockstep.ServiceHealth) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.states[k] = h
	delete(j.gone, k)
}

// forget is a service that there is no more.
func (j *journal) forget(k key) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.states, k)
	j.gone[k] = true
	j.tell()
}

// change is a state that changed, with its event.
func (j *journal) change(k key, c lockstep.HealthChange, e lockstep.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.urgent[k] = true
	j.changes = append(j.changes, c)
	j.events = append(j.events, e)
	if extra := len(j.changes) - mostChanges; extra > 0 {
		j.changes = slices.Delete(j.changes, 0, extra)
		j.events = slices.Delete(j.events, 0, extra)
	}
	j.tell()
}

func (j *journal) tell() {
	select {
	case j.hasNews <- struct{}{}:
	default:
	}
}

// alert is one that got into another state, with its event.
func (j *journal) alert(a lockstep.Alert, e lockstep.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := key{a.EnvironmentID, a.Name}
	j.alerts[k] = a
	delete(j.ended, k)
	if len(j.told) < mostChanges {
		j.told = append(j.told, e)
	}
	j.tell()
}

// noMore is an alert whose rule there is no more.
func (j *journal) noMore(k key) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.alerts, k)
	j.ended[k] = true
	j.tell()
}

// observe spreads a span over the buckets that it touches.
func (j *journal) observe(k key, s span) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, resolution := range []time.Duration{lockstep.RollupMinute, lockstep.RollupQuarter} {
		for from := s.from; from.Before(s.to); {
			bucket := from.Truncate(resolution)
			to := bucket.Add(resolution)
			if s.to.Before(to) {
				to = s.to
			}
			j.roll(rollup{k, resolution, bucket.UnixMicro()}, to.Sub(from), s.up)
			from = to
		}
	}
}

func (j *journal) roll(r rollup, d time.Duration, up bool) {
	sum, ok := j.rollups[r]
	if !ok && len(j.rollups) >= mostRollups {
		return
	}
	sum.Observed += d
	if up {
		sum.Up += d
	}
	j.rollups[r] = sum
}

// news are what changed, with the states that it led to.
func (j *journal) news() []lockstep.HealthBatch {
	j.mu.Lock()
	defer j.mu.Unlock()
	var all lockstep.HealthBatch
	for k := range j.urgent {
		if h, ok := j.states[k]; ok {
			all.States = append(all.States, h)
			delete(j.states, k)
		}
	}
	clear(j.urgent)
	for k := range j.gone {
		all.Gone = append(all.Gone, lockstep.ServiceHealth{EnvironmentID: k.environment, Name: k.service})
	}
	clear(j.gone)
	all.Changes, all.Events = j.changes, j.events
	j.changes, j.events = nil, nil
	out := batches(all)
	var alerts lockstep.HealthBatch
	for _, a := range j.alerts {
		alerts.Alerts = append(alerts.Alerts, a)
	}
	for k := range j.ended {
		alerts.NoMore = append(alerts.NoMore, lockstep.Alert{EnvironmentID: k.environment, Name: k.service})
	}
	alerts.Events = j.told
	clear(j.alerts)
	clear(j.ended)
	j.told = nil
	if len(alerts.Alerts)+len(alerts.NoMore) > 0 {
		out = append(out, alerts) // of rules, which are few
	}
	return out
}

// rest is everything.
func (j *journal) rest() []lockstep.HealthBatch {
	out := j.news()
	j.mu.Lock()
	defer j.mu.Unlock()
	var all lockstep.HealthBatch
	for _, h := range j.states {
		all.States = append(all.States, h)
	}
	clear(j.states)
	for r, sum := range j.rollups {
		all.Rollups = append(all.Rollups, lockstep.HealthRollup{
			EnvironmentID: r.environment, Service: r.service, Resolution: r.resolution,
			Bucket: time.UnixMicro(r.bucket).UTC(), Observed: sum.Observed, Up: sum.Up,
		})
	}
	clear(j.rollups)
	return append(out, batches(all)...)
}

// back takes in again what could not be written. What is newer stays.
func (j *journal) back(b lockstep.HealthBatch) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, h := range b.States {
		k := key{h.EnvironmentID, h.Name}
		if _, newer := j.states[k]; !newer {
			j.states[k] = h
			j.urgent[k] = true
		}
	}
	for _, h := range b.Gone {
		k := key{h.EnvironmentID, h.Name}
		if _, again := j.states[k]; !again {
			j.gone[k] = true
		}
	}
	for _, a := range b.Alerts {
		k := key{a.EnvironmentID, a.Name}
		if _, newer := j.alerts[k]; !newer && !j.ended[k] {
			j.alerts[k] = a
		}
	}
	for _, a := range b.NoMore {
		k := key{a.EnvironmentID, a.Name}
		if _, again := j.alerts[k]; !again {
			j.ended[k] = true
		}
	}
	if len(b.Alerts)+len(b.NoMore) > 0 {
		j.told = append(b.Events, j.told...)
		return
	}
	j.changes = append(b.Changes, j.changes...)
	j.events = append(b.Events, j.events...)
	for _, r := range b.Rollups {
		k := rollup{key{r.EnvironmentID, r.Service}, r.Resolution, r.Bucket.UnixMicro()}
		sum := j.rollups[k]
		j.rollups[k] = lockstep.ObservedTime{Observed: sum.Observed + r.Observed, Up: sum.Up + r.Up}
	}
}

// batches splits what is written at once, in parts that stand for themselves.
func batches(all lockstep.HealthBatch) []lockstep.HealthBatch {
	var out []lockstep.HealthBatch
	for states := range slices.Chunk(all.States, batchSize) {
		out = append(out, lockstep.HealthBatch{States: states})
	}
	for i := 0; i < len(all.Changes); i += batchSize {
		end := min(i+batchSize, len(all.Changes))
		b := lockstep.HealthBatch{Changes: all.Changes[i:end], Events: all.Events[i:end]}
		if i == 0 && end == len(all.Changes) && len(out) == 1 {
			b.States = out[0].States // the usual case is one transaction
			out = nil
		}
		out = append(out, b)
	}
	var before []lockstep.HealthBatch // who sees the events finds it gone
	for gone := range slices.Chunk(all.Gone, batchSize) {
		before = append(before, lockstep.HealthBatch{Gone: gone})
	}
	out = append(before, out...)
	for rollups := range slices.Chunk(all.Rollups, batchSize) {
		out = append(out, lockstep.HealthBatch{Rollups: rollups})
	}
	return out
}
