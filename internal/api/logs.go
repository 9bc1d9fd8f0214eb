package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

type logsInput struct {
	Ref
	Project
	Service     []string `query:"service,explode" maxItems:"50" doc:"Only of these services; may be repeated."`
	Instance    []string `query:"instance,explode" maxItems:"50" doc:"Only of these instances; may be repeated."`
	Revision    string   `query:"revision" maxLength:"100" doc:"Only of what this release's version, or a revision's hash, brought."`
	Since       string   `query:"since" maxLength:"40" example:"10m" doc:"From then on: a time (RFC 3339), or how long ago."`
	Until       string   `query:"until" maxLength:"40" doc:"Up to then, likewise."`
	Grep        string   `query:"grep" maxLength:"1000" doc:"Only lines that this regular expression (RE2) matches."`
	Search      string   `query:"search" maxLength:"1000" doc:"Only lines that hold this text, in whatever case."`
	Previous    bool     `query:"previous" doc:"Of each instance what it wrote before its last restart."`
	Tail        int      `query:"tail" minimum:"0" maximum:"10000" doc:"Begin with the last so many lines, counted before grep and search. Where they have more than 8 MiB of text the page begins with the first of them and has more: go on at nextCursor."`
	Limit       int      `query:"limit" minimum:"0" maximum:"1000" doc:"At most so many lines. Default: 1000, or tail."`
	Cursor      string   `query:"cursor" maxLength:"300" doc:"Go on after this: what the page before returned as nextCursor, or a line's cursor."`
	Follow      bool     `query:"follow" doc:"Stream lines as they are written (server-sent events)."`
	Accept      string   `header:"Accept" doc:"text/event-stream is as follow."`
	LastEventID string   `header:"Last-Event-ID" maxLength:"300" doc:"As cursor, and before it: a browser sends it when it reconnects."`
}

// LogLines is a page of lines, oldest first.
type LogLines struct {
	Items      []lockstep.LogLine `json:"items"`
	NextCursor string             `json:"nextCursor" doc:"Where the next page begins, also one of what is written later."`
	More       bool               `json:"more" doc:"There is more already. A page may be empty and say so: it ends as well when enough was searched."`
	Lost       int64              `json:"lost,omitempty" doc:"Bytes after the cursor that are not kept any more."`
}

func (in *logsInput) request(now time.Time) (control.LogRequest, error) {
	out := control.LogRequest{Revision: in.Revision, LogQuery: lockstep.LogQuery{
		Services: in.Service, Instances: in.Instance, Pattern: in.Grep, Search: in.Search,
		Previous: in.Previous, Tail: in.Tail, Limit: in.Limit, Cursor: in.Cursor,
	}}
	if in.LastEventID != "" {
		out.Cursor = in.LastEventID
	}
	var err error
	if out.Since, err = moment("since", in.Since, now); err != nil {
		return out, err
	}
	out.Until, err = moment("until", in.Until, now)
	return out, err
}

// moment reads a time, or how long ago it was. "" is none.
func moment(field, text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no time is no mistake
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return &at, nil
	}
	ago, err := span(field, text)
	if err != nil {
		return nil, lockstep.Invalid(field, "%s is a time such as 2026-03-01T12:00:00Z, or how long ago it was, such as 10m", field)
	}
	at := now.Add(-ago)
	return &at, nil
}

func (in *logsInput) follows() bool {
	return in.Follow || strings.HasPrefix(in.Accept, "text/event-stream")
}

func (h *Handler) logRoutes() {
	register(h, huma.Operation{
		OperationID: "get-environment-logs", Method: http.MethodGet, Path: environmentsPath + "/{id}/logs", Tags: []string{"Monitoring"},
		Summary: "What its instances wrote, also those that are gone",
		Description: "Lines are in the order in which the agent saw them, up to a quarter of a second after they were written. " +
			"With follow each line is an event whose id is its cursor: a stream resumes by Last-Event-ID, through deployments, without loss as far as logs are kept. " +
			"Control characters are replaced; what apps write is otherwise as it is, secrets among it.",
		Responses: map[string]*huma.Response{"200": {
			Description: "A page, or with follow a stream",
			Content: map[string]*huma.MediaType{
				"application/json":  {Schema: schema[LogLines](h)},
				"text/event-stream": {Schema: schema[lockstep.LogLine](h)},
			},
		}},
	}, h.readLogs)
}

func (h *Handler) readLogs(ctx context.Context, in *logsInput) (*huma.StreamResponse, error) {
	request, err := in.request(h.now())
	if err != nil {
		return nil, err
	}
	reader, err := h.control.Logs(ctx, in.Project.Project, in.ID, request)
	if err != nil {
		return nil, err
	}
	if in.follows() {
		return h.streamed(func(ctx context.Context, s *stream) { h.followLogs(ctx, s, reader) }) //nolint:contextcheck // the stream has the context of its request
	}
	page, err := reader.Page(ctx)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", "application/json")
		enc := json.NewEncoder(hc.BodyWriter())
		enc.SetEscapeHTML(false)
		_ = enc.Encode(LogLines{page.Lines, page.Cursor, page.More, page.Lost}) // the reader may be gone
	}}, nil
}

// followLogs writes lines until the reader goes, falls behind, or the server
// or the agent stops. A beat carries how far the reader has come.
func (h *Handler) followLogs(ctx context.Context, s *stream, reader *control.LogReader) {
	s.buffer.WriteString(": log lines\n\n")
	reader.Query.Wait = 0 // the first page says where the stream begins, also where there is no line
	for s.flush() == nil {
		page, err := reader.Page(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			h.log.DebugContext(ctx, "a log stream ends", "error", err)
			return
		}
		reader.Query.Wait = lockstep.Duration(min(h.limits.Heartbeat, lockstep.MaxLogWait))
		for _, line := range page.Lines {
			data, err := json.Marshal(line)
			if err != nil {
				h.log.ErrorContext(ctx, "a line cannot be written", "error", err)
				return
			}
			fmt.Fprintf(&s.buffer, "id: %s\nevent: line\ndata: %s\n\n", line.Cursor, data)
		}
		if page.Lost > 0 {
			fmt.Fprintf(&s.buffer, "event: lost\ndata: {\"bytes\":%d}\n\n", page.Lost)
		}
		if !page.More && page.Cursor != "" {
			fmt.Fprintf(&s.buffer, ": up to date\nid: %s\n\n", page.Cursor)
		}
		if until := reader.Query.Until; until != nil && !page.More && h.now().After(*until) {
			s.buffer.WriteString("event: end\ndata: {}\n\n")
			_ = s.flush() // it is over either way
			return
		}
	}
}
