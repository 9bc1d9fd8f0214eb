package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
)

// ProblemDetails is an RFC 9457 answer. Its code is from the closed set in the root
// package; Reference finds an internal error in the server's log.
type ProblemDetails struct {
	Type      string             `json:"type" doc:"Always about:blank: code says what it is."`
	Title     string             `json:"title"`
	Status    int                `json:"status"`
	Detail    string             `json:"detail" doc:"What is wrong and what to do, for people."`
	Code      lockstep.Code      `json:"code" doc:"What kind of error, for programs."`
	Field     string             `json:"field,omitempty" doc:"The input that is wrong, where it is one."`
	Problems  []lockstep.Problem `json:"problems,omitempty" doc:"Everything that is wrong, where it is more than one thing."`
	Until     *time.Time         `json:"until,omitempty" doc:"Of a refusal by the gate: when it ends by itself."`
	Reference string             `json:"reference,omitempty" doc:"Of an internal error: where to find it in the server's log."`

	headers http.Header
}

// The interfaces of huma for an error that is its own answer.
func (p *ProblemDetails) Error() string             { return p.Detail }
func (p *ProblemDetails) GetStatus() int            { return p.Status }
func (p *ProblemDetails) GetHeaders() http.Header   { return p.headers }
func (p *ProblemDetails) ContentType(string) string { return "application/problem+json" }

// problem describes a coded error.
func problem(e *lockstep.Error) *ProblemDetails {
	status := e.Code.HTTPStatus()
	return &ProblemDetails{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: e.Message, Code: e.Code, Field: e.Field, Problems: e.Problems, Until: e.Until,
	}
}

// problem describes any error. One without a code, or with the internal one,
// is logged here, once.
func (h *Handler) problem(ctx context.Context, err error) *ProblemDetails {
	var p *ProblemDetails
	if errors.As(err, &p) {
		return p
	}
	var e *lockstep.Error
	if errors.As(err, &e) && e.Code != lockstep.CodeInternal {
		// What wraps the error says where it happened; the log can do without.
		return problem(e)
	}
	if ctx.Err() != nil {
		return problem(lockstep.Errorf(lockstep.CodeUnavailable, "the request ended before its answer was there: ask again"))
	}
	reference := rand.Text()[:12]
	h.log.ErrorContext(ctx, "internal error", "reference", reference, "error", err)
	out := problem(lockstep.Errorf(lockstep.CodeInternal, "internal error, reference %s", reference))
	out.Reference = reference
	return out
}

// refuse answers outside huma.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	h.problem(r.Context(), err).write(w)
}

func (p *ProblemDetails) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // to somebody who hung up
}

// own turns huma's own errors, which echo what was sent, into problems.
func own(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := problem(&lockstep.Error{Code: codeOf(m.Status), Message: m.Detail})
	p.Status, p.Title = m.Status, http.StatusText(m.Status)
	for _, detail := range m.Errors {
		p.Problems = append(p.Problems, lockstep.Problem{Field: field(detail.Location), Message: detail.Message})
	}
	switch {
	case m.Status == http.StatusRequestEntityTooLarge:
		p.Detail = "the body is larger than this request ever needs: at most 1 MiB"
	case m.Status == http.StatusUnsupportedMediaType:
		p.Detail, p.Problems = "send JSON, with Content-Type: application/json", nil
	case len(p.Problems) == 1:
		p.Field, p.Detail = p.Problems[0].Field, p.Problems[0].Message
		if p.Field != "" {
			p.Detail = p.Field + ": " + p.Detail
		}
		p.Problems = nil
	case len(p.Problems) > 1:
		p.Detail = "the request is not valid"
	}
	return p, nil
}

func codeOf(status int) lockstep.Code {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return lockstep.CodeTooLarge
	case http.StatusRequestTimeout:
		return lockstep.CodeUnavailable
	}
	if status >= 500 {
		return lockstep.CodeInternal
	}
	return lockstep.CodeInvalid
}

// field is huma's location without the place: "body.services[0].name".
func field(location string) string {
	for _, place := range []string{"body", "query", "path", "header"} {
		if rest, ok := strings.CutPrefix(location, place); ok {
			return strings.TrimPrefix(rest, ".")
		}
	}
	return location
}
