package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/flag"
)

// The OpenFeature remote evaluation protocol (OFREP), so that every
// OpenFeature SDK reads an environment's flags: its provider's base URL is
// /api/system/environments/{id}, or, where several projects have an environment
// of that name, /api/system/projects/{project}/environments/{id}.
const (
	ofrepPath        = environmentsPath + "/{id}/ofrep/v1/evaluate/flags"
	ofrepProjectPath = "/api/system/projects/{project}/environments/{id}/ofrep/v1/evaluate/flags"
)

// OFREPRequest is who asks.
type OFREPRequest struct {
	Context map[string]any `json:"context,omitempty" doc:"What is known of whoever asks; targetingKey names them."`
}

// OFREPEvaluation is what they get, or why not.
type OFREPEvaluation struct {
	Key          string      `json:"key"`
	Reason       flag.Reason `json:"reason,omitempty"`
	Variant      string      `json:"variant,omitempty"`
	Value        any         `json:"value,omitempty" doc:"Missing where the app shall use its own default."`
	ErrorCode    flag.Fault  `json:"errorCode,omitempty"`
	ErrorDetails string      `json:"errorDetails,omitempty"`
}

// OFREPEvaluations are all flags of an environment.
type OFREPEvaluations struct {
	Flags []OFREPEvaluation `json:"flags"`
}

type ofrepOne struct {
	Status int
	Body   OFREPEvaluation
}

type ofrepAll struct {
	Status int
	ETag   string `header:"ETag"`
	Body   *OFREPEvaluations
}

// FlagQuestion asks for one flag.
type FlagQuestion struct {
	Key  string `path:"key" maxLength:"100"`
	Body OFREPRequest
}

// FlagsQuestion asks for all of them.
type FlagsQuestion struct {
	IfNoneMatch string `header:"If-None-Match" maxLength:"200"`
	Body        OFREPRequest
}

// ProjectPath is a project that the path names: a provider appends to its base
// URL, which has no place for a query.
type ProjectPath struct {
	Project string `path:"project" maxLength:"64" doc:"The project's name."`
}

func (h *Handler) flagRoutes() {
	one := huma.Operation{
		OperationID: "evaluate-flag", Method: http.MethodPost, Path: ofrepPath + "/{key}", Tags: []string{"Feature flags"},
		Summary:     "Which variant of a flag somebody gets, by OFREP",
		Description: "Of the flags that run in the environment, or of its newest configuration where nothing runs.",
		Responses:   map[string]*huma.Response{"400": h.cannotEvaluate("The context does not do"), "404": h.cannotEvaluate("There is no such flag, or no such environment")},
	}
	register(h, one, func(ctx context.Context, in *struct {
		Ref
		Project
		FlagQuestion
	},
	) (*ofrepOne, error) {
		return h.evaluateOne(ctx, in.Project.Project, in.ID, in.FlagQuestion)
	})
	one.OperationID, one.Path = "evaluate-flag-of-project", ofrepProjectPath+"/{key}"
	register(h, one, func(ctx context.Context, in *struct {
		Ref
		ProjectPath
		FlagQuestion
	},
	) (*ofrepOne, error) {
		return h.evaluateOne(ctx, in.Project, in.ID, in.FlagQuestion)
	})
	all := huma.Operation{
		OperationID: "evaluate-flags", Method: http.MethodPost, Path: ofrepPath, Tags: []string{"Feature flags"},
		Summary:     "Which variant of each flag somebody gets, by OFREP",
		Description: "With If-None-Match and the ETag of an earlier answer: 304 where nothing has changed.",
	}
	register(h, all, func(ctx context.Context, in *struct {
		Ref
		Project
		FlagsQuestion
	},
	) (*ofrepAll, error) {
		return h.evaluateAll(ctx, in.Project.Project, in.ID, in.FlagsQuestion)
	})
	all.OperationID, all.Path = "evaluate-flags-of-project", ofrepProjectPath
	register(h, all, func(ctx context.Context, in *struct {
		Ref
		ProjectPath
		FlagsQuestion
	},
	) (*ofrepAll, error) {
		return h.evaluateAll(ctx, in.Project, in.ID, in.FlagsQuestion)
	})
}

func (h *Handler) evaluateOne(ctx context.Context, project, environment string, in FlagQuestion) (*ofrepOne, error) {
	flags, err := h.control.Flags(ctx, project, environment)
	if err != nil {
		return nil, err
	}
	e := flags.Evaluate(in.Key, in.Body.Context)
	out := &ofrepOne{Status: http.StatusOK, Body: evaluationOf(e)}
	switch e.Fault {
	case "":
	case flag.FaultNotFound:
		out.Status = http.StatusNotFound
	default:
		out.Status = http.StatusBadRequest
	}
	return out, nil
}

func (h *Handler) evaluateAll(ctx context.Context, project, environment string, in FlagsQuestion) (*ofrepAll, error) {
	flags, err := h.control.Flags(ctx, project, environment)
	if err != nil {
		return nil, err
	}
	all := flags.All(in.Body.Context)
	out := &ofrepAll{Status: http.StatusOK, Body: &OFREPEvaluations{Flags: make([]OFREPEvaluation, len(all))}}
	for i, e := range all {
		out.Body.Flags[i] = evaluationOf(e)
	}
	hash, err := lockstep.Hash(out.Body)
	if err != nil {
		return nil, err
	}
	if out.ETag = `"` + lockstep.ShortHash(hash) + `"`; in.IfNoneMatch == out.ETag {
		out.Status, out.Body = http.StatusNotModified, nil
	}
	return out, nil
}

// cannotEvaluate is an answer of OFREP's own, beside the problems of everything else.
func (h *Handler) cannotEvaluate(why string) *huma.Response {
	return &huma.Response{Description: why, Content: map[string]*huma.MediaType{
		"application/json": {Schema: schema[OFREPEvaluation](h)}, problemJSON: {Schema: schema[ProblemDetails](h)},
	}}
}

func evaluationOf(e flag.Evaluation) OFREPEvaluation {
	return OFREPEvaluation{Key: e.Key, Reason: e.Reason, Variant: e.Variant, Value: e.Value, ErrorCode: e.Fault, ErrorDetails: e.Detail}
}
