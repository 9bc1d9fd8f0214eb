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

// ResolvedInput says whose configuration a program wants.
type ResolvedInput struct {
	Ref
	Project
	Reveal
	Service string `query:"service" maxLength:"64" doc:"Only what this service gets."`
	Version string `query:"version" maxLength:"20" doc:"A number, latest or running. Default: running, or latest where nothing runs."`
}

func (in ResolvedInput) query() control.ResolvedQuery {
	return control.ResolvedQuery{Project: in.Project.Project, Environment: in.ID, Service: in.Service, Version: in.Version, Reveal: in.IncludeSecrets}
}

// longestWait is how long a request waits for a change at most.
const longestWait = time.Minute

type resolvedAnswer struct {
	Status int
	ETag   string `header:"ETag" doc:"Another one whenever the answer is."`
	Body   *lockstep.ResolvedConfig
}

func (h *Handler) resolvedRoutes(tags []string, at string) {
	register(h, huma.Operation{
		OperationID: "get-resolved-config", Method: http.MethodGet, Path: at + "/config/resolved", Tags: tags,
		Summary: "What an environment's services get: every variable with its references put in",
		Description: "As it was deployed, or as it is recorded. Secrets show as [REDACTED]; with includeSecrets=true, which is noted, as they are. " +
			"With If-None-Match and the ETag of an earlier answer: 304 where nothing has changed; with wait as well, as soon as something has, and 304 once that time is over.",
		Responses: map[string]*huma.Response{"304": {Description: "It is as the ETag in If-None-Match says"}},
	}, h.getResolved)
	register(h, huma.Operation{
		OperationID: "watch-resolved-config", Method: http.MethodGet, Path: at + "/config/watch", Tags: tags,
		Summary:     "What an environment's services get, now and whenever it changes (server-sent events)",
		Description: "Each event is called config, has the ETag as id, and the configuration as data. Last-Event-ID leaves out what was seen. Where the configuration cannot be had any more the stream ends.",
		Responses: map[string]*huma.Response{"200": {
			Description: "A stream that ends when the server stops, or the reader does not keep up",
			Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: schema[lockstep.ResolvedConfig](h)}},
		}},
	}, h.watchResolved)
}

func (h *Handler) getResolved(ctx context.Context, in *struct {
	ResolvedInput
	IfNoneMatch string `header:"If-None-Match" maxLength:"2000"`
	Wait        string `query:"wait" maxLength:"10" doc:"Where nothing has changed, wait so long for it: 30s, at most 1m."`
},
) (*resolvedAnswer, error) {
	known := knownTags(in.IfNoneMatch)
	wait := time.Duration(0)
	if in.Wait != "" {
		var err error
		if wait, err = time.ParseDuration(in.Wait); err != nil || wait < 0 {
			return nil, lockstep.Invalid("wait", "wait is a time like 30s, at most %s", longestWait)
		}
	}
	asked, read := ctx, h.control.ResolvedConfig
	if wait = min(wait, longestWait); wait > 0 {
		select {
		case h.waiters <- struct{}{}:
		default:
			return nil, lockstep.Errorf(lockstep.CodeUnavailable, "%d requests wait for configurations already, which is all that may: ask without wait", h.limits.Waiting)
		}
		defer func() { <-h.waiters }()
		var done func()
		ctx, done = h.patiently(ctx, wait)
		defer done()
		read = h.control.AwaitConfig
	}
	doc, hash, err := read(ctx, by(ctx, Change{}), in.query(), known)
	if err == nil && wait > 0 && doc != nil {
		// Much may have happened meanwhile.
		err = h.control.StillKnown(asked, identity(asked))
	}
	if err != nil {
		return nil, err
	}
	out := &resolvedAnswer{Status: http.StatusOK, ETag: `"` + hash + `"`, Body: doc}
	if doc == nil {
		out.Status = http.StatusNotModified
	}
	return out, nil
}

// patiently gives a request time to wait, and ends that when the server stops.
func (h *Handler) patiently(ctx context.Context, wait time.Duration) (context.Context, func()) {
	note(ctx, func(s *seen) {
		s.stream = true
		control := http.NewResponseController(s.ResponseWriter)
		_ = control.SetReadDeadline(time.Time{}) // it would end the request, which nothing more is read of
		_ = control.SetWriteDeadline(h.now().Add(wait + answerTimeout))
	})
	ctx, cancel := context.WithTimeout(ctx, wait)
	go func() {
		select {
		case <-h.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// knownTags says which tags an If-None-Match names.
func knownTags(header string) func(string) bool {
	tags := map[string]bool{}
	for tag := range strings.SplitSeq(header, ",") {
		tags[strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)] = true
	}
	return func(tag string) bool { return tags[tag] || tags["*"] }
}

func (h *Handler) watchResolved(ctx context.Context, in *struct {
	ResolvedInput
	LastEventID string `header:"Last-Event-ID" maxLength:"100" doc:"A browser sends it when it reconnects."`
},
) (*huma.StreamResponse, error) {
	who, query := by(ctx, Change{}), in.query()
	// What is wrong with the question is said before a stream begins.
	everything := func(string) bool { return true }
	if _, _, err := h.control.ResolvedConfig(ctx, who, query, everything); err != nil {
		return nil, err
	}
	return h.streamed(func(ctx context.Context, s *stream) { //nolint:contextcheck // the stream has the context of its request
		last := in.LastEventID
		s.buffer.WriteString(": configurations\n\n")
		for s.flush() == nil {
			wait, cancel := context.WithTimeout(ctx, h.limits.Heartbeat)
			doc, hash, err := h.control.AwaitConfig(wait, who, query, func(tag string) bool { return tag == last })
			cancel()
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				h.log.DebugContext(ctx, "a stream of configurations ends", "environment", query.Environment, "error", err)
				return
			}
			if doc == nil {
				s.buffer.WriteString(": heartbeat\n\n")
				continue
			}
			data, err := json.Marshal(doc)
			if err != nil {
				h.log.ErrorContext(ctx, "a configuration cannot be written", "environment", query.Environment, "error", err)
				return
			}
			fmt.Fprintf(&s.buffer, "id: %s\nevent: config\ndata: %s\n\n", hash, data)
			last = hash
		}
	})
}
