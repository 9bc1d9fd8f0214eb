package lockstep

import (
	"strconv"
	"strings"
	"time"
)

// The bounds of what is read of logs at once.
const (
	MaxLogLine    = 16 << 10 // bytes that are shown of one line
	MaxLogPage    = 1000     // lines
	MaxLogTail    = 10_000   // lines
	MaxLogPattern = 1000     // bytes
	MaxLogWait    = 20 * time.Second
)

// LogLine is a line that an instance wrote. Its time is when the agent saw
// it, up to a quarter of a second after it was written; its text is harmless
// to a terminal (see PlainText).
type LogLine struct {
	At       time.Time `json:"at"`
	Service  string    `json:"service"`
	Instance string    `json:"instance"`
	Text     string    `json:"text"`
	Cut      int64     `json:"cut,omitempty"` // bytes of it that are not shown
	Cursor   string    `json:"cursor"`        // reading goes on after the line from here
}

// LogQuery says which lines are wanted. Empty fields want all.
type LogQuery struct {
	Services  []string   `json:"services,omitempty"`
	Instances []string   `json:"instances,omitempty"`
	Groups    []string   `json:"groups,omitempty"` // of a revision
	Since     *time.Time `json:"since,omitempty"`
	Until     *time.Time `json:"until,omitempty"`
	Pattern   string     `json:"pattern,omitempty"`  // a regular expression (RE2)
	Search    string     `json:"search,omitempty"`   // text, in whatever case
	Previous  bool       `json:"previous,omitempty"` // of each instance what it wrote before its last restart
	Tail      int        `json:"tail,omitempty"`     // begin with the last so many lines; counted before Pattern and Search
	Cursor    string     `json:"cursor,omitempty"`   // begin after it; Since and Tail do not count then
	Limit     int        `json:"limit,omitempty"`    // at most so many lines; default and maximum MaxLogPage, with Tail MaxLogTail; a page also ends where it has enough text
	Wait      Duration   `json:"waitMs,omitempty"`   // for the first line, at most MaxLogWait
}

// Check refuses what cannot be looked for.
func (q LogQuery) Check() error {
	switch {
	case len(q.Pattern) > MaxLogPattern:
		return Invalid("grep", "the pattern has more than %d bytes: shorten it", MaxLogPattern)
	case len(q.Search) > MaxLogPattern:
		return Invalid("search", "the text to search for has more than %d bytes: shorten it", MaxLogPattern)
	case q.Pattern != "" && q.Search != "":
		return Invalid("search", "give a pattern or a text to search for, not both")
	case q.Tail < 0 || q.Tail > MaxLogTail:
		return Invalid("tail", "tail is from 0 to %d lines", MaxLogTail)
	case q.Since != nil && q.Until != nil && q.Until.Before(*q.Since):
		return Invalid("until", "until (%s) is before since (%s): no line is both, turn them round",
			q.Until.UTC().Format(time.RFC3339), q.Since.UTC().Format(time.RFC3339))
	}
	_, err := ParseLogCursor(q.Cursor)
	return err
}

// LogPage is a part of what was asked for, oldest line first. Cursor is where
// the next part begins, also where this one has no line: a page ends as well
// when enough was searched for now. More says that there is more already.
type LogPage struct {
	Lines  []LogLine `json:"lines"`
	Cursor string    `json:"cursor"`
	More   bool      `json:"more"`
	Lost   int64     `json:"lost,omitempty"` // bytes after Cursor of the query that are not kept any more
}

// LogCursor is a place in the lines of an environment, which are in the order
// of their times; at one time in that of their instances' names.
type LogCursor struct {
	At       time.Time
	Position int64 // in what Instance ever wrote: the end of the line
	Instance string
}

// IsZero says that it is before all lines.
func (c LogCursor) IsZero() bool { return c.At.IsZero() }

func (c LogCursor) String() string {
	if c.IsZero() {
		return ""
	}
	return strconv.FormatInt(c.At.UnixMicro(), 10) + "." + strconv.FormatInt(c.Position, 10) + "." + c.Instance
}

// ParseLogCursor reads what String wrote; "" is before all lines.
func ParseLogCursor(text string) (LogCursor, error) {
	if text == "" {
		return LogCursor{}, nil
	}
	bad := Invalid("cursor", "this is no place in a log: give what an answer called nextCursor, or a line cursor")
	first, rest, ok := strings.Cut(text, ".")
	second, instance, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 || len(instance) > 200 {
		return LogCursor{}, bad
	}
	us, err := strconv.ParseInt(first, 10, 64)
	position, err2 := strconv.ParseInt(second, 10, 64)
	if err != nil || err2 != nil || us <= 0 || position < 0 || strings.ContainsFunc(instance, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return LogCursor{}, bad
	}
	return LogCursor{At: time.UnixMicro(us).UTC(), Position: position, Instance: instance}, nil
}
