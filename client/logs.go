package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// LogQuery says which lines are wanted. Empty fields want all.
type LogQuery struct {
	Services  []string
	Instances []string
	Revision  string // a version, or a revision's hash
	Since     string // RFC 3339, or how long ago ("10m")
	Until     string
	Grep      string // a regular expression (RE2)
	Search    string // text, in whatever case
	Previous  bool   // of each instance what it wrote before its last restart
	Tail      int    // begin with the last so many lines, counted before Grep and Search
	Cursor    string // go on after it
}

func (q LogQuery) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, s := range q.Services {
		v.Add("service", s)
	}
	for _, s := range q.Instances {
		v.Add("instance", s)
	}
	set("revision", q.Revision)
	set("since", q.Since)
	set("until", q.Until)
	set("grep", q.Grep)
	set("search", q.Search)
	set("cursor", q.Cursor)
	if q.Previous {
		v.Set("previous", "true")
	}
	if q.Tail > 0 {
		v.Set("tail", strconv.Itoa(q.Tail))
	}
	return v
}

// LogLines is a page of lines. It may be empty and have more behind it.
type LogLines struct {
	Items      []lockstep.LogLine `json:"items"`
	NextCursor string             `json:"nextCursor"`
	More       bool               `json:"more"`
	Lost       int64              `json:"lost"` // bytes that are not kept any more
}

// Logs reads one page.
func (c *Client) Logs(ctx context.Context, idOrName string, q LogQuery) (LogLines, error) {
	return get[LogLines](ctx, c, environments+"/"+seg(idOrName)+"/logs", q.values())
}

// AllLogs calls fn for each line that there is now, until fn returns false.
// It says where it ended.
func (c *Client) AllLogs(ctx context.Context, idOrName string, q LogQuery, fn func(lockstep.LogLine) bool) (cursor string, err error) {
	for {
		page, err := c.Logs(ctx, idOrName, q)
		if err != nil {
			return q.Cursor, err
		}
		for _, line := range page.Items {
			if !fn(line) {
				return line.Cursor, nil
			}
		}
		q.Cursor, q.Tail, q.Since = page.NextCursor, 0, ""
		if !page.More {
			return q.Cursor, nil
		}
	}
}

// FollowLogs calls fn for each line, those that are to come as well, until fn
// returns false or ctx ends. A lost connection is taken up again where it
// broke; lost, where set, hears of it. An error is final.
func (c *Client) FollowLogs(ctx context.Context, idOrName string, q LogQuery, lost func(error), fn func(lockstep.LogLine) bool) error {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		before := q.Cursor
		more, err := c.followLogs(ctx, idOrName, &q, fn)
		if !more || ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && lockstep.IsTerminal(err) {
			return err
		}
		if q.Cursor != before {
			wait = 100 * time.Millisecond
		}
		if lost != nil && err != nil {
			lost(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// followLogs reads one connection, and moves the query's cursor on with it.
func (c *Client) followLogs(ctx context.Context, idOrName string, q *LogQuery, fn func(lockstep.LogLine) bool) (more bool, err error) {
	header := http.Header{}
	header.Set("Accept", "text/event-stream")
	resp, err := c.do(ctx, call{method: http.MethodGet, path: environments + "/" + seg(idOrName) + "/logs", query: q.values(), header: header})
	if err != nil {
		return true, err
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	var id, event, data string
	for {
		text, err := lines.ReadString('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil // it was ended: the agent or the server is being replaced
			}
			return true, err
		}
		switch name, value, _ := strings.Cut(strings.TrimRight(text, "\r\n"), ":"); name {
		case "id":
			id = strings.TrimPrefix(value, " ")
		case "event":
			event = strings.TrimPrefix(value, " ")
		case "data":
			data = strings.TrimPrefix(value, " ")
		case "":
			if value != "" || text[0] == ':' {
				continue // a comment
			}
			if event == "end" {
				return false, nil
			}
			if event == "line" {
				var line lockstep.LogLine
				if err := json.Unmarshal([]byte(data), &line); err != nil {
					return true, lockstep.Errorf(lockstep.CodeInternal, "the server sent a line that cannot be read: %w", err)
				}
				if !fn(line) {
					return false, nil
				}
			}
			if id != "" {
				q.Cursor, q.Tail, q.Since = id, 0, ""
			}
			event, data = "", ""
		}
	}
}
