package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/lockstep-dev/lockstep"
)

const schedules = "/api/system/schedules"

// ScheduledDeployment is a deployment that waits for its time.
type ScheduledDeployment struct {
	lockstep.Deployment
	RollbackPlan      string             `json:"rollbackPlan"`
	EstimatedDowntime *lockstep.Duration `json:"estimatedDowntime,omitempty"` // nil: unknown
}

// ScheduledDeployments lists the deployments that wait for their time, the
// next one first: to an environment (ID or name), or of the whole project.
func (c *Client) ScheduledDeployments(ctx context.Context, environment string) ([]ScheduledDeployment, error) {
	q := url.Values{}
	if environment != "" {
		q.Set("environment", environment)
	}
	list, err := get[List[ScheduledDeployment]](ctx, c, schedules+"/deployments", q)
	return list.Items, err
}

// Reschedule changes when a deployment starts that waits for its time.
func (c *Client) Reschedule(ctx context.Context, id string, timing lockstep.Timing) (lockstep.Deployment, error) {
	var d lockstep.Deployment
	err := c.json(ctx, call{method: http.MethodPut, path: deployments + "/" + seg(id) + "/schedule"}, timing, &d)
	return d, err
}

// ScheduleRequest is what a schedule is made of. Release defaults to latest,
// TimeZone to UTC.
type ScheduleRequest struct {
	Name        string            `json:"name"`
	Environment string            `json:"environment"` // ID or name
	Rule        string            `json:"rule"`
	TimeZone    string            `json:"timeZone,omitempty"`
	Release     string            `json:"release,omitempty"`
	Promote     bool              `json:"promote,omitempty"`
	From        string            `json:"from,omitempty"`
	Strategy    lockstep.Strategy `json:"strategy,omitempty"`
	Description string            `json:"description,omitempty"`
	WithConfig  string            `json:"withConfig,omitempty"`
	IfMissed    lockstep.IfMissed `json:"ifMissed,omitempty"`
	Grace       lockstep.Duration `json:"grace,omitempty"`
}

// CreateSchedule records a rule by which deployments are made.
func (c *Client) CreateSchedule(ctx context.Context, req ScheduleRequest, opts ChangeOptions) (lockstep.Schedule, error) {
	return post[lockstep.Schedule](ctx, c, schedules, opts.query(), req)
}

// ScheduleChange says what of a schedule becomes something else; nil stays as
// it is. A release that is named ends a promotion, and the other way round.
type ScheduleChange struct {
	Rule        *string            `json:"rule,omitempty"`
	TimeZone    *string            `json:"timeZone,omitempty"`
	Release     *string            `json:"release,omitempty"`
	Promote     *bool              `json:"promote,omitempty"`
	From        *string            `json:"from,omitempty"`
	Strategy    *lockstep.Strategy `json:"strategy,omitempty"`
	Description *string            `json:"description,omitempty"`
	WithConfig  *string            `json:"withConfig,omitempty"`
	IfMissed    *lockstep.IfMissed `json:"ifMissed,omitempty"`
	Grace       *lockstep.Duration `json:"grace,omitempty"`
}

// ChangeSchedule changes the schedule that was read at a version: CodeStale
// where somebody changed it since.
func (c *Client) ChangeSchedule(ctx context.Context, ref string, version int64, change ScheduleChange, opts ChangeOptions) (lockstep.Schedule, error) {
	var s lockstep.Schedule
	header := http.Header{"If-Match": {`"` + strconv.FormatInt(version, 10) + `"`}}
	err := c.json(ctx, call{method: http.MethodPatch, path: schedules + "/" + seg(ref), query: opts.query(), header: header}, change, &s)
	return s, err
}

// Schedules lists schedules by name, each with the latest of its history: of
// an environment (ID or name), or of the whole project.
func (c *Client) Schedules(ctx context.Context, environment string) ([]lockstep.Schedule, error) {
	q := url.Values{}
	if environment != "" {
		q.Set("environment", environment)
	}
	list, err := get[List[lockstep.Schedule]](ctx, c, schedules, q)
	return list.Items, err
}

// Schedule reads one, by ID or name, with its next times and its history.
func (c *Client) Schedule(ctx context.Context, ref string) (lockstep.Schedule, error) {
	return get[lockstep.Schedule](ctx, c, schedules+"/"+seg(ref), nil)
}

// PauseSchedule keeps a schedule from firing.
func (c *Client) PauseSchedule(ctx context.Context, ref string) (lockstep.Schedule, error) {
	return post[lockstep.Schedule](ctx, c, schedules+"/"+seg(ref)+"/pause", nil, nil)
}

// ResumeSchedule lets a schedule fire again.
func (c *Client) ResumeSchedule(ctx context.Context, ref string) (lockstep.Schedule, error) {
	return post[lockstep.Schedule](ctx, c, schedules+"/"+seg(ref)+"/resume", nil, nil)
}

// DeleteSchedule ends a schedule; its deployments stay.
func (c *Client) DeleteSchedule(ctx context.Context, ref string) (lockstep.Schedule, error) {
	var s lockstep.Schedule
	err := c.json(ctx, call{method: http.MethodDelete, path: schedules + "/" + seg(ref)}, nil, &s)
	return s, err
}
