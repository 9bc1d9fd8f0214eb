package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

type metricsInput struct {
	Ref
	Project
	Range string `query:"range" maxLength:"20" example:"24h" doc:"How far back, from 1m to 30d. Default: 24h."`
	Step  string `query:"step" maxLength:"20" example:"30m" doc:"Of the series, a multiple of 1m up to a day back, of 15m beyond. Default: at most 60 steps."`

	From  time.Time `query:"from" doc:"Instead of a range: when it begins, within 30 days."`
	Until time.Time `query:"until" doc:"When the range ends. Default: now."`
	By    string    `query:"by" enum:"revision,service" doc:"Beside the series of all, one of each of these."`
}

func (h *Handler) metricRoutes() {
	register(h, huma.Operation{
		OperationID: "get-environment-metrics", Method: http.MethodGet, Path: environmentsPath + "/{id}/metrics", Tags: []string{"Monitoring"},
		Summary:     "What users and processes did: totals of a range, and a series",
		Description: "Quantiles are of all requests of the range, not of averages; active users are distinct clients. A step that was not seen is in the series with covered 0: a gap, not a zero.",
	}, func(ctx context.Context, in *metricsInput) (*body[lockstep.EnvironmentMetrics], error) {
		length, err := span("range", in.Range)
		if err != nil {
			return nil, err
		}
		step, err := span("step", in.Step)
		if err != nil {
			return nil, err
		}
		return answer(h.control.Metrics(ctx, in.Project.Project, in.ID, control.MetricsQuery{Range: length, Step: step, From: in.From.UTC(), Until: in.Until.UTC(), By: in.By}))
	})
	register(h, huma.Operation{
		OperationID: "list-activity", Method: http.MethodGet, Path: "/api/system/activity", Tags: []string{"Monitoring"},
		Summary: "Every environment of a project at this moment, by name",
	}, func(ctx context.Context, in *Project) (*body[control.List[lockstep.EnvironmentActivity]], error) {
		return items(h.control.Activity(ctx, in.Project))
	})
}

// span reads a length of time as people write it: 90s, 10m, 24h, 7d. "" is 0.
func span(field, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		if n > 10_000 {
			n = 10_000
		}
		d = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || d <= 0 {
		return 0, lockstep.Invalid(field, "%s is a length of time such as 10m, 24h or 7d", field)
	}
	return d, nil
}
