package cli

import (
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// wallLayouts are how a time on the clock of this machine is written.
var wallLayouts = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "15:04:05", "15:04"}

// momentFlag has a time on this machine's clock as the server reads it; one
// without a day is on the day that is given. What is no such time, one of a
// zone of its own or how long ago, is for the server to judge.
func momentFlag(text string, on time.Time) (moment string, withoutDay bool) {
	for _, layout := range wallLayouts {
		at, err := time.ParseInLocation(layout, text, on.Location())
		if err != nil {
			continue
		}
		if withoutDay = at.Year() == 0; withoutDay {
			at = time.Date(on.Year(), on.Month(), on.Day(), at.Hour(), at.Minute(), at.Second(), 0, on.Location())
		}
		return at.UTC().Format(time.RFC3339), withoutDay
	}
	return text, false
}

// logRange reads from when to when lines are wanted. Of a time without a day
// the last one is meant, or as the end the first one after the beginning.
func logRange(q *client.LogQuery, now time.Time) error {
	last := func(text string) string {
		moment, withoutDay := momentFlag(text, now)
		if at, err := time.Parse(time.RFC3339, moment); withoutDay && err == nil && at.After(now) {
			moment, _ = momentFlag(text, now.AddDate(0, 0, -1))
		}
		return moment
	}
	q.Since = last(q.Since)
	since, err := time.Parse(time.RFC3339, q.Since)
	if err != nil { // how long ago, or what the server refuses
		q.Until = last(q.Until)
		return nil //nolint:nilerr // as above
	}
	since = since.In(now.Location())
	end, withoutDay := momentFlag(q.Until, since)
	if at, err := time.Parse(time.RFC3339, end); withoutDay && err == nil && at.Before(since) {
		end, _ = momentFlag(q.Until, since.AddDate(0, 0, 1))
	}
	q.Until = end
	if until, err := time.Parse(time.RFC3339, q.Until); err == nil && until.Before(since) {
		return lockstep.Invalid("until", "--until (%s) is before --since (%s): no line is both, turn them round", until.In(now.Location()).Format(shownMoment), since.In(now.Location()).Format(shownMoment))
	}
	return nil
}

const shownMoment = "2006-01-02 15:04:05 MST"

// ends says of a range that was followed why nothing more comes.
func (a *app) ends(q client.LogQuery, now time.Time) {
	until := q.Until + " ago"
	if at, err := time.Parse(time.RFC3339, q.Until); err == nil {
		until = at.In(now.Location()).Format(shownMoment)
	}
	line(a.Err, "%s", a.paint(a.Err).dim("That is all up to "+until+": nothing more comes."))
}
