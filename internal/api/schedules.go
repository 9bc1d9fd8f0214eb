package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const schedulesPath = "/api/system/schedules"

func (h *Handler) scheduleRoutes() {
	tags := []string{"Schedules"}
	h.ruleRoutes(tags)
	register(h, huma.Operation{
		OperationID: "list-scheduled-deployments", Method: http.MethodGet, Path: schedulesPath + "/deployments", Tags: tags,
		Summary:     "Deployments that wait for their time, the next one first",
		Description: "Each with whether a failure is rolled back by itself, and for how long requests will be held.",
	}, func(ctx context.Context, in *struct {
		Project
		Environment string `query:"environment" maxLength:"64" doc:"Only to this environment: its ID or name."`
	},
	) (*body[control.List[control.ScheduledDeployment]], error) {
		return items(h.control.ScheduledDeployments(ctx, in.Project.Project, in.Environment))
	})
	register(h, huma.Operation{
		OperationID: "reschedule-deployment", Method: http.MethodPut, Path: deploymentsPath + "/{id}/schedule", Tags: tags,
		Summary:     "Change when a deployment starts that waits for its time",
		Description: "An approval that was given holds: it is of the revision and the strategy. `ifMissed` and `grace` stay as they were where they are left out.",
	}, func(ctx context.Context, in *struct {
		ID
		Change
		Body lockstep.Timing
	},
	) (*body[lockstep.Deployment], error) {
		return answer(h.control.Reschedule(ctx, by(ctx, in.Change), in.ID.ID, in.Body))
	})
}

// ScheduleRef addresses a schedule.
type ScheduleRef struct {
	ID string `path:"id" maxLength:"64" doc:"The schedule's ID or name."`
}

func taggedSchedule(s lockstep.Schedule, err error) (*tagged[lockstep.Schedule], error) {
	if err != nil {
		return nil, err
	}
	return &tagged[lockstep.Schedule]{etag(s.Version), s}, nil
}

func (h *Handler) ruleRoutes(tags []string) {
	register(h, huma.Operation{
		OperationID: "list-schedules", Method: http.MethodGet, Path: schedulesPath, Tags: tags,
		Summary: "A project's schedules by name, each with the latest of what it did",
	}, func(ctx context.Context, in *struct {
		Project
		Environment string    `query:"environment" maxLength:"64" doc:"Only of this environment: its ID or name."`
		Until       time.Time `query:"until" doc:"With the times of each up to this moment (upcoming), at most 200 of each."`
	},
	) (*body[control.List[lockstep.Schedule]], error) {
		return items(h.control.Schedules(ctx, in.Project.Project, in.Environment, in.Until))
	})
	register(h, huma.Operation{
		OperationID: "create-schedule", Method: http.MethodPost, Path: schedulesPath, Tags: tags,
		Summary: "Make deployments by a rule",
		Description: "The rule is cron's: minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, @monthly, @yearly. It is read in `timeZone`. " +
			"Where the clock is put forward over a time, it fires once at the first moment after; a time that comes twice fires the first time only, unless the hour is *.",
		DefaultStatus: http.StatusCreated,
		Responses:     answers(map[string]*huma.Schema{"200": schema[lockstep.Schedule](h), "201": schema[lockstep.Schedule](h)}),
	}, func(ctx context.Context, in *struct {
		Change
		Body control.ScheduleRequest
	},
	) (*accepted[lockstep.Schedule], error) {
		s, err := h.control.CreateSchedule(ctx, by(ctx, in.Change), in.Project.Project, in.Body)
		if err != nil {
			return nil, err
		}
		status := http.StatusCreated
		if in.DryRun {
			status = http.StatusOK
		}
		return &accepted[lockstep.Schedule]{status, s}, nil
	})
	register(h, huma.Operation{
		OperationID: "get-schedule", Method: http.MethodGet, Path: schedulesPath + "/{id}", Tags: tags,
		Summary: "One schedule, with its next times and what it did",
	}, func(ctx context.Context, in *struct {
		ScheduleRef
		Project
	},
	) (*tagged[lockstep.Schedule], error) {
		return taggedSchedule(h.control.Schedule(ctx, in.Project.Project, in.ID))
	})
	register(h, huma.Operation{
		OperationID: "change-schedule", Method: http.MethodPatch, Path: schedulesPath + "/{id}", Tags: tags,
		Summary: "Change when a schedule fires, or what it brings",
		Description: "What is left out stays, what is empty goes back to its default; naming a release ends a promotion, and the other way round. The next time is the next one from now on. " +
			"A time that has come and that nobody has seen to yet is seen to first, as the schedule was. Deployments that it has made stay as they are.",
	}, func(ctx context.Context, in *struct {
		ScheduleRef
		Change
		IfMatch string `header:"If-Match" maxLength:"40" doc:"The version of the schedule that the change is made for, or *. Required (428)."`
		Body    control.ScheduleChange
	},
	) (*tagged[lockstep.Schedule], error) {
		return taggedSchedule(h.control.ChangeSchedule(ctx, by(ctx, in.Change), in.Project.Project, in.ID, version(in.IfMatch), in.Body))
	})
	for _, route := range []struct {
		method, path, name, summary string
		do                          func(context.Context, control.By, string, string) (lockstep.Schedule, error)
	}{
		{http.MethodPost, "/pause", "pause", "Keep a schedule from firing", h.control.PauseSchedule},
		{http.MethodPost, "/resume", "resume", "Let a schedule fire again; what would have been meanwhile is not made up for", h.control.ResumeSchedule},
		{http.MethodDelete, "", "delete", "End a schedule; its deployments stay", h.control.DeleteSchedule},
	} {
		register(h, huma.Operation{
			OperationID: route.name + "-schedule", Method: route.method, Path: schedulesPath + "/{id}" + route.path, Tags: tags,
			Summary: route.summary,
		}, func(ctx context.Context, in *struct {
			ScheduleRef
			Change
		},
		) (*body[lockstep.Schedule], error) {
			return answer(route.do(ctx, by(ctx, in.Change), in.Project.Project, in.ID))
		})
	}
}
