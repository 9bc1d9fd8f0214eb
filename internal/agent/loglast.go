package agent

import (
	"context"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// lastPage is the page of the last lines. Where they are too much for one page
// it is empty, and before is where the first of several begins: nil in all
// other cases, zero where that is at the beginning of what was read.
func (l *logs) lastPage(
	ctx context.Context, env string, q lockstep.LogQuery, matches func([]byte) bool, lives func(string) bool, now, until time.Time,
) (page lockstep.LogPage, before *lockstep.LogCursor, err error) {
	all, err := l.opened(env, q, lockstep.LogCursor{}, lives)
	if err != nil {
		return lockstep.LogPage{}, nil, err
	}
	limit := q.Limit
	if limit <= 0 || limit > q.Tail {
		limit = q.Tail
	}
	last := lastLines{limit: limit}
	for ctx.Err() == nil {
		r, line, err := first(all, until)
		if err != nil {
			return page, nil, err
		}
		if r == nil {
			break
		}
		if isWanted(line.text, matches) {
			last.add(r.shown(line))
		}
		r.pop()
	}
	lines, fits := last.end()
	if !fits {
		before, err := last.before()
		return page, &before, err
	}
	page = lockstep.LogPage{Lines: lines, Cursor: lockstep.LogCursor{At: now, Instance: lastInstance}.String()}
	for _, r := range all {
		page.Lost += r.lost
	}
	return page, nil, ctx.Err()
}

// lastLines are the last so many lines, and the one before them. Once they are
// too much for a page they are kept without their texts.
type lastLines struct {
	limit int
	lines []lockstep.LogLine
	text  int
	cut   bool
}

func (l *lastLines) add(line lockstep.LogLine) {
	if l.cut {
		line.Text = ""
	}
	l.lines = append(l.lines, line)
	if l.text += len(line.Text); len(l.lines) > 2*l.limit+1 || l.text > 2*tailText {
		l.drop()
	}
}

// drop forgets what is not among the last.
func (l *lastLines) drop() {
	l.lines = slices.Delete(l.lines, 0, max(0, len(l.lines)-l.limit-1))
	l.text = 0
	for _, line := range l.lines {
		l.text += len(line.Text)
	}
	if l.text <= tailText {
		return
	}
	l.cut, l.text = true, 0
	for i := range l.lines {
		l.lines[i].Text = ""
	}
}

// end says whether the last lines fit into a page, and which they are.
func (l *lastLines) end() (lines []lockstep.LogLine, fits bool) {
	if l.text > tailText {
		l.drop()
	}
	if l.cut {
		return nil, false
	}
	return append([]lockstep.LogLine{}, l.lines[max(0, len(l.lines)-l.limit):]...), true
}

// before is the place before the last lines.
func (l *lastLines) before() (lockstep.LogCursor, error) {
	if len(l.lines) <= l.limit {
		return lockstep.LogCursor{}, nil
	}
	return lockstep.ParseLogCursor(l.lines[len(l.lines)-l.limit-1].Cursor)
}
