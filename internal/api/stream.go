package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// batch is how many events are read, and written, at once.
const batch = 100

type streamInput struct {
	Project
	LastEventID string `header:"Last-Event-ID" maxLength:"20" doc:"As after, and before it: a browser sends it when it reconnects."`
	After       string `query:"after" maxLength:"20" doc:"Begin after this event; 0 with the oldest that is kept. Default: with what happens from now on."`
	Environment string `query:"environment" maxLength:"64" doc:"Only of this environment: its ID or name."`
	Operation   string `query:"operation" maxLength:"64" doc:"Only of this operation."`
}

func (in streamInput) stream() (control.Stream, error) {
	s := control.Stream{Project: in.Project.Project, Environment: in.Environment, OperationID: in.Operation}
	for _, p := range []struct{ name, text string }{{"Last-Event-ID", in.LastEventID}, {"after", in.After}} {
		if p.text == "" {
			continue
		}
		n, err := strconv.ParseInt(p.text, 10, 64)
		if err != nil || n < 0 {
			return s, lockstep.Invalid(p.name, "%s is the number of an event", p.name)
		}
		s.After = &n
		break
	}
	return s, nil
}

func (h *Handler) streamRoutes() {
	register(h, huma.Operation{
		OperationID: "stream-events", Method: http.MethodGet, Path: "/api/system/events", Tags: []string{"Events"},
		Summary:     "What happens, as it happens (server-sent events)",
		Description: "Each event has its number as id, its type as event, and itself as data. A stream resumes by Last-Event-ID without loss; from before what is kept it is 410.",
		Responses: map[string]*huma.Response{"200": {
			Description: "A stream that ends when the server stops, or the reader does not keep up",
			Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: schema[lockstep.Event](h)}},
		}},
	}, h.openStream)
}

func (h *Handler) openStream(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	asked, err := in.stream()
	if err != nil {
		return nil, err
	}
	filter, after, err := h.control.OpenStream(ctx, asked)
	if err != nil {
		return nil, err
	}
	return h.streamed(func(ctx context.Context, s *stream) { h.serveStream(ctx, s, filter, after) }) //nolint:contextcheck // the stream has the context of its request
}

// streamed is the answer of a stream that write writes, if there may be one
// more. Its context ends when the reader goes or the server stops.
func (h *Handler) streamed(write func(context.Context, *stream)) (*huma.StreamResponse, error) {
	select {
	case <-h.closing:
		return nil, lockstep.Errorf(lockstep.CodeUnavailable, "the server is stopping: resume when it is back")
	default:
	}
	select {
	case h.streams <- struct{}{}:
	default:
		return nil, lockstep.Errorf(lockstep.CodeUnavailable, "%d event streams are open, which is all there may be: close some and try again", h.limits.Max)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer func() { <-h.streams }()
		r, w := humago.Unwrap(hc)
		note(r.Context(), func(s *seen) { s.stream = true })
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		go h.watch(ctx, cancel)
		rc := http.NewResponseController(w)
		_ = rc.SetReadDeadline(time.Time{}) // it would end the request, which nothing more is read of
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no") // nginx would wait for more
		write(ctx, &stream{w: w, rc: rc, now: h.now, patience: h.limits.Patience})
	}}, nil
}

// watch ends what lasts when the server stops, and when whoever asked is not
// known any more: a session that is over, or a token that was revoked.
func (h *Handler) watch(ctx context.Context, end context.CancelFunc) {
	tick := time.NewTicker(h.limits.Heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-h.closing:
			end()
			return
		case <-ctx.Done():
			return
		case <-tick.C:
			if lockstep.CodeOf(h.control.StillKnown(ctx, identity(ctx))) == lockstep.CodeUnauthenticated {
				end()
				return
			}
		}
	}
}

// serveStream writes events until the reader goes, falls behind, or the
// server stops.
func (h *Handler) serveStream(ctx context.Context, s *stream, filter lockstep.EventFilter, after int64) {
	s.buffer.WriteString(": events\n\n")
	for s.flush() == nil {
		events, newest, err := h.next(ctx, after, filter)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			// The reader resumes, and is then told why where it matters. A
			// database that is away is told of by the engine, once.
			level := slog.LevelWarn
			if lockstep.CodeOf(err) == lockstep.CodeUnavailable {
				level = slog.LevelDebug
			}
			h.log.Log(ctx, level, "an event stream ends", "after", after, "error", err)
			return
		}
		if len(events) == 0 {
			after = newest
			fmt.Fprintf(&s.buffer, ": heartbeat\nid: %d\n\n", after)
		}
		for _, e := range events {
			if err := s.event(e); err != nil {
				h.log.ErrorContext(ctx, "an event cannot be written", "seq", e.Seq, "error", err)
				return
			}
			after = e.Seq
		}
	}
}

// next waits for events up to a heartbeat. Without any, newest is how far
// the reader has come: nothing up to there is for it.
func (h *Handler) next(ctx context.Context, after int64, filter lockstep.EventFilter) (events []lockstep.Event, newest int64, err error) {
	if newest, err = h.control.Newest(ctx); err != nil {
		return nil, 0, err
	}
	newest = max(newest, after)
	wait, cancel := context.WithTimeout(ctx, h.limits.Heartbeat)
	defer cancel()
	events, err = h.control.Events(wait, after, filter, batch)
	if wait.Err() != nil && len(events) == 0 {
		// The time may have ended a look instead of the waiting for another.
		events, err = h.control.EventsNow(ctx, after, filter, batch)
	}
	return events, newest, err
}

// stream is one reader's end.
type stream struct {
	w        http.ResponseWriter
	rc       *http.ResponseController
	now      func() time.Time
	patience time.Duration
	buffer   bytes.Buffer
}

func (s *stream) event(e lockstep.Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	fmt.Fprintf(&s.buffer, "id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.Type, data)
	return nil
}

// flush sends what was written, to a reader that takes it in time.
func (s *stream) flush() error {
	_ = s.rc.SetWriteDeadline(s.now().Add(s.patience)) // where there is none, the connection's end is the limit
	if _, err := s.buffer.WriteTo(s.w); err != nil {
		return err
	}
	return s.rc.Flush()
}
