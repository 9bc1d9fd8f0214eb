package lockstep

import (
	"fmt"
	"slices"
	"time"
)

// Schedule makes deployments to an environment by a rule. Its name is unique
// in its project.
type Schedule struct {
	ID            string     `json:"id"`
	ProjectID     string     `json:"projectId"`
	Name          string     `json:"name"`
	EnvironmentID string     `json:"environmentId"`
	Environment   string     `json:"environment"`
	Rule          string     `json:"rule"`     // of cron: five fields, or @daily and its kin
	TimeZone      string     `json:"timeZone"` // that the rule is read in; "": UTC
	Release       string     `json:"release,omitempty"`
	Promote       bool       `json:"promote,omitempty"` // what runs in From, instead of Release
	From          string     `json:"from,omitempty"`    // "": the stage before in the pipeline
	Strategy      Strategy   `json:"strategy,omitempty"`
	Description   string     `json:"description,omitempty"`
	WithConfig    string     `json:"withConfig,omitempty"`
	IfMissed      IfMissed   `json:"ifMissed"`
	Grace         Duration   `json:"grace"` // milliseconds
	Paused        bool       `json:"paused"`
	NextAt        *time.Time `json:"nextAt,omitempty"` // absent: paused
	CreatedAt     time.Time  `json:"createdAt"`
	CreatedBy     string     `json:"createdBy"`
	UpdatedAt     time.Time  `json:"updatedAt"`
	Version       int64      `json:"version"` // counts the changes that people made; firings do not count

	Upcoming []time.Time `json:"upcoming,omitempty"` // the next times; of one that is read by itself
	History  []Firing    `json:"history,omitempty"`  // the latest first; of one that is read by itself, and of a list only the latest
}

// Actor is who deploys for a schedule.
func (s Schedule) Actor() string { return "schedule " + s.Name }

// What names what a schedule brings: "latest", "1.2.0", "what runs in staging".
func (s Schedule) What() string {
	switch {
	case !s.Promote:
		return s.Release
	case s.From == "":
		return "what runs in the stage before"
	}
	return "what runs in " + s.From
}

// Firing is what a schedule did at one of its times. There is one for each
// schedule and instant, whoever made it.
type Firing struct {
	ScheduleID   string        `json:"scheduleId"`
	Instant      time.Time     `json:"instant"` // as the rule says
	At           time.Time     `json:"at"`      // when it was done
	Outcome      FiringOutcome `json:"outcome"`
	DeploymentID string        `json:"deploymentId,omitempty"`
	Reason       string        `json:"reason,omitempty"` // why nothing was deployed
}

// FiringOutcome says what became of a firing.
type FiringOutcome string

// The outcomes.
const (
	FiringDeployed FiringOutcome = "deployed" // a deployment was made; how it ended it says itself
	FiringSkipped  FiringOutcome = "skipped"  // there was nothing to do, or the gate refused
	FiringMissed   FiringOutcome = "missed"   // nobody was there in time
)

// FiringOutcomes lists the outcomes.
func FiringOutcomes() []FiringOutcome {
	return []FiringOutcome{FiringDeployed, FiringSkipped, FiringMissed}
}

// ValidateScheduleName checks that a name is one of an environment's shape,
// and stands for nothing else in an address.
func ValidateScheduleName(name string) error {
	if !nameShape.MatchString(name) {
		return Invalid("name", "schedule name %q: use 3 to 30 lower-case letters, digits and hyphens, not starting or ending with a hyphen", name)
	}
	if slices.Contains(reservedScheduleName, name) {
		return Invalid("name", "schedule name %q is reserved: choose another", name)
	}
	return nil
}

var reservedScheduleName = []string{"deployments"}

// Timing is when a deployment is to start. Its zero value means at once.
type Timing struct {
	ScheduledFor *time.Time `json:"scheduledFor,omitempty"`
	IfMissed     IfMissed   `json:"ifMissed,omitempty"` // default skip
	Grace        Duration   `json:"grace,omitempty"`    // milliseconds; how late it may start before it counts as missed; default 15 minutes
}

// IfMissed says what becomes of something whose time went by, because nothing
// could run it, or because an approval came too late.
type IfMissed string

// The policies.
const (
	MissedSkip IfMissed = "skip" // it does not happen, and says so
	MissedRun  IfMissed = "run"  // it happens late
)

// IfMissedPolicies lists the policies.
func IfMissedPolicies() []IfMissed { return []IfMissed{MissedSkip, MissedRun} }

// DefaultGrace is how late something may start before it counts as missed.
const DefaultGrace = 15 * time.Minute

// The bounds of a Timing.
const (
	MaxGrace = 7 * 24 * time.Hour
	MaxAhead = 366 * 24 * time.Hour // a year that is mistyped is farther
)

// Check says what is wrong with a timing at a moment.
func (t Timing) Check(now time.Time) error {
	if err := checkMissed(t.IfMissed, t.Grace); err != nil {
		return err
	}
	switch at := t.ScheduledFor; {
	case at == nil && t.IfMissed != "":
		return Invalid("ifMissed", "what is not scheduled cannot be missed: name a time (scheduledFor, --at)")
	case at == nil && t.Grace != 0:
		return Invalid("grace", "what is not scheduled cannot be late: name a time (scheduledFor, --at)")
	case at == nil:
	case !at.After(now):
		return Invalid("scheduledFor", "%s is past: it is %s now", moment(*at), moment(now))
	case at.After(now.Add(MaxAhead)):
		return Invalid("scheduledFor", "%s is more than a year ahead: name a time within a year", moment(*at))
	}
	return nil
}

func checkMissed(policy IfMissed, grace Duration) error {
	switch policy {
	case "", MissedSkip, MissedRun:
	default:
		return Invalid("ifMissed", "there is no such policy: use skip or run")
	}
	if grace < 0 || grace.Std() > MaxGrace {
		return Invalid("grace", "the grace is out of range: use up to 7 days")
	}
	return nil
}

// Bounds are the times between which it has to start: nil where there is none.
func (t Timing) Bounds() (scheduledFor, notAfter *time.Time) {
	if t.ScheduledFor == nil {
		return nil, nil
	}
	at := t.ScheduledFor.UTC().Truncate(time.Microsecond)
	if t.IfMissed == MissedRun {
		return &at, nil
	}
	late := at.Add(t.Grace.Or(DefaultGrace))
	return &at, &late
}

// Missed says why an operation that was scheduled is cancelled instead: by
// how much it was missed, and what it waited for.
func Missed(o Operation, now time.Time) string {
	at := o.CreatedAt
	if o.ScheduledFor != nil {
		at = *o.ScheduledFor
	}
	waited := "and had not begun: nothing ran it, or something else was at work there"
	if o.Status == StatusPendingApproval {
		waited = "and still waited for an approval"
	}
	return fmt.Sprintf("missed by %s: it was to start at %s %s", roughly(now.Sub(at)), moment(at), waited)
}

// Later says that an operation is not to start yet.
func (o Operation) Later(now time.Time) bool {
	return o.ScheduledFor != nil && o.ScheduledFor.After(now) && !o.Status.Done() && o.Status != StatusRunning
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// roughly is a duration in the units that matter.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd %dh", int(d.Hours())/24, int(d.Hours())%24)
}
