package schedule

import "time"

// A wall is a time of day on a date, without a zone; it is kept as UTC.
type wall = time.Time

// farthest is more than any clock ever jumped, or any zone differs by.
const farthest = 48 * time.Hour

// Next is the first moment after another one at which the rule fires; zero
// where there is none within some years. It is where gaps and overlaps are
// settled; see the package's comment.
func (r Rule) Next(after time.Time) time.Time {
	if r.fields == nil {
		return time.Time{}
	}
	var best time.Time
	at := wallOf(after.In(r.zone))
	if unsteady(after.In(r.zone)) {
		at = at.Add(-farthest)
	}
	for {
		at = r.fields.Next(at)
		if at.IsZero() {
			return best
		}
		first, second := moments(at, r.zone)
		if !best.IsZero() && first.After(best) {
			return best // first never falls from one wall to a later one
		}
		best = earlier(best, first, after)
		if r.everyHour {
			best = earlier(best, second, after)
		}
	}
}

// earlier is the earlier of two moments, of those that are after another.
func earlier(best, moment, after time.Time) time.Time {
	if !moment.After(after) || !best.IsZero() && !moment.Before(best) {
		return best
	}
	return moment
}

// Upcoming are the next n moments.
func (r Rule) Upcoming(after time.Time, n int) []time.Time {
	out := make([]time.Time, 0, n)
	for range n {
		next := r.Next(after)
		if next.IsZero() {
			break
		}
		out = append(out, next)
		after = next
	}
	return out
}

// Last is the latest moment that is after one and not after another; zero
// where there is none. It looks back further and further, so that what was
// missed for a year costs no more than what was missed for an hour.
func (r Rule) Last(after, until time.Time) time.Time {
	for back := 2 * time.Minute; ; back *= 30 {
		from := until.Add(-back)
		if from.Before(after) {
			from = after
		}
		var last time.Time
		for next := r.Next(from); !next.IsZero() && !next.After(until); next = r.Next(next) {
			last = next
		}
		if !last.IsZero() || !from.After(after) {
			return last
		}
	}
}

// moments are when a clock in a zone shows a wall: twice where it was put
// back over it; in a gap, both are the first moment after it.
func moments(at wall, zone *time.Location) (first, second time.Time) {
	guess := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone)
	before, behind := offset(guess.Add(-farthest/2)), offset(guess.Add(farthest/2))
	first, second = at.Add(-max(before, behind)).In(zone), at.Add(-min(before, behind)).In(zone)
	shows := func(t time.Time) bool { return wallOf(t).Equal(at) }
	switch {
	case shows(first) && shows(second):
		return first, second
	case shows(first):
		return first, first
	case shows(second):
		return second, second
	case wallOf(guess).Equal(at): // two jumps within a day: the library knows one answer
		return guess, guess
	}
	gap := jump(first, second)
	return gap, gap
}

// jump is the first moment after a clock has jumped, between two others.
func jump(from, to time.Time) time.Time {
	was := offset(from)
	for to.Sub(from) > time.Second {
		middle := from.Add(to.Sub(from) / 2).Truncate(time.Second)
		if !middle.After(from) {
			break
		}
		if offset(middle) == was {
			from = middle
		} else {
			to = middle
		}
	}
	return to
}

// unsteady says that the clock jumps near a moment, so that walls before its
// own may show moments after it.
func unsteady(t time.Time) bool {
	return offset(t.Add(-farthest)) != offset(t) || offset(t.Add(farthest)) != offset(t)
}

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

func wallOf(t time.Time) wall {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
