package agent

import (
	"bytes"
	"cmp"
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// What one call reads at most; the next one goes on.
const (
	pageBytes   = 64 << 20
	pageText    = 2 << 20
	tailText    = 8 << 20 // of last lines, which are one page where they have no more
	maxPageTime = 2 * time.Second
	gonePeriod  = time.Minute // between two looks for logs that are too old
)

// readLogs answers a query. It holds nothing between two calls, so that a
// reader who does not come back costs nothing.
func (a *agent) readLogs(ctx context.Context, req wire.LogRequest) (lockstep.LogPage, error) {
	if !idShape.MatchString(req.Environment) {
		return lockstep.LogPage{}, lockstep.Errorf(lockstep.CodeNotFound, "there is no such environment")
	}
	if err := req.Query.Check(); err != nil {
		return lockstep.LogPage{}, err
	}
	matches, err := matcher(req.Query)
	if err != nil {
		return lockstep.LogPage{}, err
	}
	until := time.After(min(req.Query.Wait.Std(), lockstep.MaxLogWait))
	for {
		news := a.logs.awaitNews()
		page, err := a.logs.page(ctx, req.Environment, req.Query, matches, a.store.view().environment(req.Environment).has)
		if err != nil || len(page.Lines) > 0 || page.More || req.Query.Wait == 0 {
			return page, err
		}
		req.Query.Cursor, req.Query.Tail, req.Query.Since = page.Cursor, 0, nil
		select {
		case <-news:
		case <-until:
			return page, nil
		case <-ctx.Done():
			return page, ctx.Err()
		case <-a.detached: // another agent goes on from here
			return page, nil
		}
	}
}

// matcher says of a line whether it is wanted.
func matcher(q lockstep.LogQuery) (func([]byte) bool, error) {
	expression := q.Pattern
	if q.Search != "" {
		if !strings.ContainsFunc(q.Search, isLetter) {
			want := []byte(q.Search)
			return func(line []byte) bool { return bytes.Contains(line, want) }, nil
		}
		expression = "(?i)" + regexp.QuoteMeta(q.Search)
	}
	if expression == "" {
		return func([]byte) bool { return true }, nil
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		return nil, lockstep.Invalid("grep", "the pattern is no regular expression (%v): see https://golang.org/s/re2syntax, or search for plain text instead", err)
	}
	return re.Match, nil
}

func isLetter(r rune) bool { return r >= 0x80 || r|0x20 >= 'a' && r|0x20 <= 'z' }

// wants says whether an instance's lines are asked for.
func wants(q lockstep.LogQuery, instance string) bool {
	in := func(list []string, one string) bool { return len(list) == 0 || slices.Contains(list, one) }
	return in(q.Instances, instance) && in(q.Services, serviceOf(instance)) && in(q.Groups, groupOf(instance))
}

// page reads lines from the query's cursor on, in order over all instances.
func (l *logs) page(ctx context.Context, env string, q lockstep.LogQuery, matches func([]byte) bool, lives func(string) bool) (lockstep.LogPage, error) {
	now := l.sweep(filepath.Join(env, "*.log"))
	from, _ := lockstep.ParseLogCursor(q.Cursor) // it was checked
	until := now
	if q.Until != nil && q.Until.Before(now) {
		until = *q.Until
	}
	if q.Tail > 0 && from.IsZero() {
		page, before, err := l.lastPage(ctx, env, q, matches, lives, now, until)
		if err != nil || before == nil {
			return page, err
		}
		from = *before
	}
	all, err := l.opened(env, q, from, lives)
	if err != nil {
		return lockstep.LogPage{}, err
	}
	limit := q.Limit
	if limit <= 0 || limit > lockstep.MaxLogPage {
		limit = lockstep.MaxLogPage
	}
	page := lockstep.LogPage{Lines: []lockstep.LogLine{}, Cursor: from.String()}
	began, within := time.Now(), cmp.Or(l.pageTime, maxPageTime)
	var lines, read, text int64
	for {
		r, line, err := first(all, until)
		if err != nil {
			return page, err
		}
		if r == nil {
			page.Cursor = lockstep.LogCursor{At: now, Instance: lastInstance}.String()
			break
		}
		if len(page.Lines) >= limit || text > pageText || read > pageBytes || lines > 0 && time.Since(began) > within || ctx.Err() != nil {
			page.More = true
			break
		}
		page.Cursor = lockstep.LogCursor{At: line.at, Position: line.end, Instance: r.instance}.String()
		lines++
		read += int64(len(line.text))
		if isWanted(line.text, matches) {
			shown := r.shown(line)
			text += int64(len(shown.Text))
			page.Lines = append(page.Lines, shown)
		}
		r.pop()
	}
	for _, r := range all {
		page.Lost += r.lost
	}
	return page, ctx.Err()
}

// lastInstance comes after all instances' names.
const lastInstance = "~"

// isWanted looks at a line as it will be shown.
func isWanted(text []byte, matches func([]byte) bool) bool {
	if bytes.IndexByte(text, 0x1b) >= 0 {
		return matches([]byte(lockstep.PlainText(text)))
	}
	return matches(text)
}

// first is the instance whose next line is the oldest.
func first(all []*rows, until time.Time) (best *rows, line *row, err error) {
	for _, r := range all { // in the order of their names
		next, err := r.peek(until)
		if err != nil {
			return nil, nil, err
		}
		if next != nil && (line == nil || next.at.Before(line.at)) {
			best, line = r, next
		}
	}
	return best, line, nil
}

// opened are the instances that a query is about, each where the query begins.
func (l *logs) opened(env string, q lockstep.LogQuery, from lockstep.LogCursor, lives func(string) bool) ([]*rows, error) {
	files, _ := filepath.Glob(filepath.Join(l.dir, env, "*.log")) // the pattern is right
	var all []*rows
	for _, path := range files {
		instance := strings.TrimSuffix(filepath.Base(path), ".log")
		if !wants(q, instance) {
			continue
		}
		r := newRows(l, path, instance, lives(instance))
		begin, ok, err := l.beginning(r, q, from)
		if err != nil {
			return nil, err
		}
		if ok {
			r.from(begin)
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *rows) int { return strings.Compare(a.instance, b.instance) })
	return all, nil
}

// beginning is where an instance's part of a query begins; ok is false where
// it has none.
func (l *logs) beginning(r *rows, q lockstep.LogQuery, from lockstep.LogCursor) (begin int64, ok bool, err error) {
	if q.Previous {
		launches := l.launches(r.path)
		if len(launches) < 2 {
			return 0, false, nil
		}
		begin, r.stop = launches[len(launches)-2], launches[len(launches)-1]
		if r.stop == begin {
			return 0, false, nil
		}
	}
	switch {
	case !from.IsZero() && r.instance == from.Instance:
		return max(begin, from.Position), true, nil
	case !from.IsZero():
		t := from.At
		if r.instance > from.Instance {
			t = t.Add(-time.Microsecond)
		}
		r.since = t
		at, err := l.after(r.path, t)
		return max(begin, at), true, err
	}
	if q.Since != nil {
		at, err := l.after(r.path, q.Since.Add(-time.Microsecond))
		if err != nil {
			return 0, false, err
		}
		begin = max(begin, at)
	}
	if q.Tail > 0 && !q.Previous {
		at, err := l.lastLines(r.path, q.Tail)
		if err != nil {
			return 0, false, err
		}
		begin = max(begin, at)
	}
	if begin == 0 {
		l.mu.RLock()
		if w, ok := l.known[r.path]; ok {
			begin = w.first()
		}
		l.mu.RUnlock()
	}
	return begin, true, nil
}
