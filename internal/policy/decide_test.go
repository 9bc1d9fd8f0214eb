package policy

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func production() *lockstep.Environment {
	return &lockstep.Environment{
		ID: "e1", Name: "production", Status: lockstep.EnvironmentActive, ActiveID: "r2",
		Spec: lockstep.EnvironmentSpec{
			Runtime:  lockstep.RuntimeProcess,
			Strategy: lockstep.StrategySpec{Primary: lockstep.StrategyBlueGreen, Alternatives: []lockstep.Strategy{lockstep.StrategyCanary}},
			Replicas: map[string]int{"backend": 2},
		},
	}
}

func target() *lockstep.RevisionContent {
	return &lockstep.RevisionContent{Release: "2.1.0", Services: []lockstep.ServiceSpec{{Name: "backend", Command: []string{"./backend"}}}}
}

func deploy() Question {
	return Question{
		Action: Deploy, Actor: "ana", Now: time.Unix(0, 0).UTC(), Environment: production(), Target: target(),
		Strategy: lockstep.StrategyBlueGreen,
		Built: Built{
			Strategies: []lockstep.Strategy{lockstep.StrategyBlueGreen, lockstep.StrategyRecreate},
			Runtimes:   []lockstep.RuntimeKind{lockstep.RuntimeProcess},
		},
	}
}

func rollback() Question {
	q := deploy()
	d := lockstep.Deployment{ID: "d2", Version: "2.1.0", Environment: "production", Status: lockstep.StatusCompleted}
	q.Action, q.Deployment, q.Latest, q.TargetID = Rollback, &d, &d, "r1"
	q.Target = &lockstep.RevisionContent{Release: "2.0.0"}
	return q
}

// stopped is a question about an environment that is.
func stopped(action Action) Question {
	q := deploy()
	since := time.Unix(0, 0).UTC()
	q.Action, q.Environment.Status, q.Environment.StoppedAt = action, lockstep.EnvironmentInactive, &since
	return q
}

func operation(status lockstep.OperationStatus) Question {
	d := lockstep.Deployment{ID: "d3", Version: "2.2.0", Environment: "production", Status: status}
	return Question{
		Action: Cancel, Actor: "ana", Environment: production(), Deployment: &d,
		Operation: &lockstep.Operation{ID: "d3", Kind: lockstep.OperationDeploy, Status: status, Phase: lockstep.PhaseForward},
	}
}

func with(q Question, change func(*Question)) Question {
	change(&q)
	return q
}

// decision is a question and its answer.
type decision struct {
	name string
	q    Question
	want string
	code lockstep.Code // "": allowed
}

func decides(t *testing.T, tests []decision) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Decide(tt.q)
			if got.String() != tt.want {
				t.Errorf("answer\n got %s\nwant %s", got, tt.want)
			}
			if code := lockstep.CodeOf(got.Err()); code != tt.code {
				t.Errorf("code %q, want %q", code, tt.code)
			}
			if got.Allowed != (tt.code == "") {
				t.Errorf("allowed %t with code %q", got.Allowed, tt.code)
			}
			waits := (tt.q.Action == Deploy || tt.q.Action == Promote) && got.Allowed && tt.q.Environment.Spec.ApprovalRequired && tt.q.Approver == ""
			if tt.q.Action == Switch {
				waits = got.Allowed && tt.q.Environment.Spec.SwitchApproval && tt.q.Approver == "" && !tt.q.Live.Drill && tt.q.Live.Project.AdriftID == ""
			}
			if got.RequiresApproval != waits {
				t.Errorf("requires approval %t, want %t", got.RequiresApproval, waits)
			}
		})
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	decides(t, []decision{
		{"a deployment", deploy(), "deploy of 2.1.0 to production is allowed", ""},
		{
			"nobody", with(deploy(), func(q *Question) { q.Actor = "" }),
			"deploy of 2.1.0 to production is refused: nobody is known to ask for it: send a token", lockstep.CodeUnauthenticated,
		},
		{
			"nowhere", with(deploy(), func(q *Question) { q.Environment = nil }),
			"deploy of 2.1.0 is refused: the environment does not exist", lockstep.CodeNotFound,
		},
		{
			"archived", with(deploy(), func(q *Question) { q.Environment.Status = lockstep.EnvironmentArchived }),
			"deploy of 2.1.0 to production is refused: production is archived: unarchive it first", lockstep.CodeRefused,
		},
		{
			"maintenance", with(deploy(), func(q *Question) { q.Environment.Status = lockstep.EnvironmentMaintenance }),
			"deploy of 2.1.0 to production is refused: production is in maintenance: end the maintenance first", lockstep.CodeRefused,
		},
		{
			"being destroyed", with(deploy(), func(q *Question) { q.Destroying = "o9" }),
			"deploy of 2.1.0 to production is refused: production is being destroyed by operation o9", lockstep.CodeConflict,
		},
		{
			"strategy outside the matrix", with(deploy(), func(q *Question) { q.Strategy = lockstep.StrategyRecreate }),
			"deploy of 2.1.0 to production is refused: strategy recreate is not allowed there (allowed: blue_green, canary)", lockstep.CodeRefused,
		},
		{
			"recipe withdrawn", with(deploy(), func(q *Question) {
				q.Strategy, q.Recipe, q.Claimed = lockstep.StrategyBlueGreen, &lockstep.Recipe{Name: "careful"}, true
				q.Environment.Spec.Strategy.Recipes = []lockstep.Recipe{{Name: "quick"}}
			}),
			"deploy of 2.1.0 to production is refused: production does not name recipe careful any more: deploy again", lockstep.CodeRefused,
		},
		{
			"recipe that is named still", with(deploy(), func(q *Question) {
				q.Recipe, q.Claimed = &lockstep.Recipe{Name: "careful"}, true
				q.Environment.Spec.Strategy.Recipes = []lockstep.Recipe{{Name: "quick"}, {Name: "careful"}}
			}),
			"deploy of 2.1.0 to production is allowed", "",
		},
		{
			"strategy not built", with(deploy(), func(q *Question) { q.Strategy = lockstep.StrategyCanary }),
			"deploy of 2.1.0 to production is refused: strategy canary is not built into this server (built: blue_green, recreate)", lockstep.CodeUnsupported,
		},
		{
			"runtime not built", with(deploy(), func(q *Question) {
				q.Environment.Spec.Runtime = lockstep.RuntimeDocker
				q.Target.Services[0].Image = "sunday/backend:2.1.0"
			}),
			"deploy of 2.1.0 to production is refused: runtime docker is not built into this server (built: process)", lockstep.CodeUnsupported,
		},
		{
			"empty release", with(deploy(), func(q *Question) { q.Target.Services = nil }),
			"deploy of 2.1.0 to production is refused: release 2.1.0 has no services: add some to the matrix, apply it, and make a new release", lockstep.CodeRefused,
		},
		{
			"service missing", with(deploy(), func(q *Question) { q.Environment.Spec.Replicas = map[string]int{"backend": 1, "worker": 1, "cron": 0} }),
			"deploy of 2.1.0 to production is refused: release 2.1.0 has no service worker, which the matrix wants in production: make a new release, or take it out of the matrix", lockstep.CodeRefused,
		},
		{
			"no command", with(deploy(), func(q *Question) { q.Target.Services[0].Command = nil }),
			"deploy of 2.1.0 to production is refused: service backend of release 2.1.0 has no command, which the process runtime needs: add one to the matrix and make a new release", lockstep.CodeRefused,
		},
		{
			"no image", with(deploy(), func(q *Question) {
				q.Environment.Spec.Runtime, q.Built.Runtimes = lockstep.RuntimeDocker, []lockstep.RuntimeKind{lockstep.RuntimeDocker}
			}),
			"deploy of 2.1.0 to production is refused: service backend of release 2.1.0 has no image, which the docker runtime needs: add one to the matrix and make a new release", lockstep.CodeRefused,
		},
		{
			"approval", with(deploy(), func(q *Question) { q.Environment.Spec.ApprovalRequired = true }),
			"deploy of 2.1.0 to production waits for an approval: the matrix requires an approval for production", "",
		},
		{
			"approved", with(deploy(), func(q *Question) { q.Environment.Spec.ApprovalRequired, q.Approver = true, "bo" }),
			"deploy of 2.1.0 to production is allowed: approved by bo", "",
		},
		{
			"approval missing at the claim", with(deploy(), func(q *Question) { q.Environment.Spec.ApprovalRequired, q.Claimed = true, true }),
			"deploy of 2.1.0 to production is refused: production has come to require an approval since this was requested: deploy again", lockstep.CodeRefused,
		},
		{
			"several reasons", with(deploy(), func(q *Question) {
				q.Strategy = lockstep.StrategyRolling
				q.Destroying = "o9"
			}),
			"deploy of 2.1.0 to production is refused: production is being destroyed by operation o9; strategy rolling is not allowed there (allowed: blue_green, canary); strategy rolling is not built into this server (built: blue_green, recreate)", lockstep.CodeRefused,
		},
		{
			"a refusal does not mention the approval", with(deploy(), func(q *Question) {
				q.Environment.Spec.ApprovalRequired, q.Strategy = true, lockstep.StrategyRecreate
			}),
			"deploy of 2.1.0 to production is refused: strategy recreate is not allowed there (allowed: blue_green, canary)", lockstep.CodeRefused,
		},
		{"a rollback", rollback(), "rollback of production to 2.0.0 is allowed", ""},
		{
			"a rollback needs no approval", with(rollback(), func(q *Question) { q.Environment.Spec.ApprovalRequired = true }),
			"rollback of production to 2.0.0 is allowed: production requires approvals; a rollback goes without, and is recorded", "",
		},
		{
			"rollback of one that is not the latest", with(rollback(), func(q *Question) {
				q.Latest = &lockstep.Deployment{ID: "d3", Version: "2.2.0"}
			}),
			"rollback of production to 2.0.0 is refused: deployment d2 is not the latest of production (that is d3, 2.2.0): roll that one back, or name the revision to return to", lockstep.CodeConflict,
		},
		{
			"rollback of one that runs", with(rollback(), func(q *Question) {
				d := *q.Deployment
				d.Status = lockstep.StatusRunning
				q.Deployment = &d
			}),
			"rollback of production to 2.0.0 is refused: deployment d2 is running: cancel it instead", lockstep.CodeConflict,
		},
		{
			"rollback of one that failed", with(rollback(), func(q *Question) {
				q.Deployment = &lockstep.Deployment{ID: "d4", Environment: "production", Status: lockstep.StatusFailed}
			}),
			"rollback of production to 2.0.0 is refused: deployment d4 is failed; what runs came with deployment d2 (2.1.0): roll that one back, or name the revision to return to", lockstep.CodeConflict,
		},
		{
			"rollback where none completed", with(rollback(), func(q *Question) {
				q.Deployment, q.Latest = &lockstep.Deployment{ID: "d1", Environment: "production", Status: lockstep.StatusFailed}, nil
			}),
			"rollback of production to 2.0.0 is refused: deployment d1 is failed, and no deployment to production has completed: there is nothing to take back", lockstep.CodeConflict,
		},
		{
			"rollback of the first", with(rollback(), func(q *Question) { q.TargetID, q.Target = "", nil }),
			"rollback of production is refused: nothing ran in production before deployment d2: there is nothing to return to", lockstep.CodeConflict,
		},
		{
			"rollback twice", with(rollback(), func(q *Question) { q.Undoing = "d5" }),
			"rollback of production to 2.0.0 is refused: deployment d2 is already being rolled back by deployment d5", lockstep.CodeConflict,
		},
		{
			"a claimed rollback asks nothing of the queue", with(rollback(), func(q *Question) {
				q.Claimed, q.Latest, q.TargetID = true, &lockstep.Deployment{ID: "d9"}, ""
			}),
			"rollback of production to 2.0.0 is allowed", "",
		},
		{
			"restore what runs", with(rollback(), func(q *Question) { q.Action, q.TargetID = Restore, "r2" }),
			"rollback of production to 2.0.0 is refused: that revision runs in production already", lockstep.CodeConflict,
		},
		{
			"restore what should run and has failed", with(rollback(), func(q *Question) {
				q.Action, q.TargetID, q.Environment.Status = Restore, "r2", lockstep.EnvironmentFailed
			}),
			"rollback of production to 2.0.0 is allowed", "",
		},
		{"restore", with(rollback(), func(q *Question) { q.Action = Restore }), "rollback of production to 2.0.0 is allowed", ""},
		{"cancel what waits", operation(lockstep.StatusPending), "cancel of deployment d3 (2.2.0 to production) is allowed", ""},
		{"cancel what runs", operation(lockstep.StatusRunning), "cancel of deployment d3 (2.2.0 to production) is allowed", ""},
		{
			"cancel what is done", operation(lockstep.StatusRolledBack),
			"cancel of deployment d3 (2.2.0 to production) is refused: it is rolled_back already", lockstep.CodeConflict,
		},
		{
			"cancel an undo", with(operation(lockstep.StatusRunning), func(q *Question) {
				q.Operation.Phase, q.Operation.UndoCause = lockstep.PhaseUndo, lockstep.UndoFailure
			}),
			"cancel of deployment d3 (2.2.0 to production) is refused: it failed and is being rolled back already", lockstep.CodeConflict,
		},
		{
			"cancel twice", with(operation(lockstep.StatusRunning), func(q *Question) {
				q.Operation.Phase, q.Operation.UndoCause = lockstep.PhaseUndo, lockstep.UndoCancel
			}),
			"cancel of deployment d3 (2.2.0 to production) is allowed", "",
		},
		{
			"approve", with(operation(lockstep.StatusPendingApproval), func(q *Question) { q.Action = Approve }),
			"approve of deployment d3 (2.2.0 to production) is allowed", "",
		},
		{
			"approve twice", with(operation(lockstep.StatusPending), func(q *Question) { q.Action, q.Deployment.ApprovedBy = Approve, "bo" }),
			"approve of deployment d3 (2.2.0 to production) is refused: it is pending, and was approved by bo", lockstep.CodeConflict,
		},
		{
			"reject what runs", with(operation(lockstep.StatusRunning), func(q *Question) { q.Action = Reject }),
			"reject of deployment d3 (2.2.0 to production) is refused: it is running and does not wait for an approval", lockstep.CodeConflict,
		},
		{"destroy", Question{Action: Destroy, Actor: "ana", Environment: production()}, "destroy of production is allowed", ""},
		{
			"destroy twice",
			Question{Action: Destroy, Actor: "ana", Environment: production(), Destroying: "o9"},
			"destroy of production is refused: production is being destroyed by operation o9", lockstep.CodeConflict,
		},
		{"a claimed destroy", Question{Action: Destroy, Actor: "ana", Environment: production(), Destroying: "o9", Claimed: true}, "destroy of production is allowed", ""},
		{"retire needs no name", Question{Action: Retire, Environment: production()}, "retire of production is allowed", ""},
		{"stop", with(deploy(), func(q *Question) { q.Action = Stop }), "stop of production is allowed", ""},
		{
			"stop what failed and was never active",
			with(stopped(Stop), func(q *Question) {
				q.Environment.Status, q.Environment.ActiveID, q.Environment.StoppedAt = lockstep.EnvironmentFailed, "", nil
			}),
			"stop of production is allowed", "",
		},
		{"stop twice", stopped(Stop), "stop of production is refused: production is stopped already", lockstep.CodeConflict},
		{
			"stop while it stops", with(deploy(), func(q *Question) { q.Action, q.Ahead = Stop, lockstep.OperationStop }),
			"stop of production is refused: production is being stopped already", lockstep.CodeConflict,
		},
		{
			"stop after what will start", with(stopped(Stop), func(q *Question) { q.Ahead = lockstep.OperationStart }),
			"stop of production is allowed", "",
		},
		{
			"a claimed stop goes by what is", with(stopped(Stop), func(q *Question) { q.Claimed, q.Ahead = true, lockstep.OperationDeploy }),
			"stop of production is refused: production is stopped already", lockstep.CodeConflict,
		},
		{
			"a claimed stop is not in its own way", with(deploy(), func(q *Question) { q.Action, q.Claimed, q.Ahead = Stop, true, lockstep.OperationStop }),
			"stop of production is allowed", "",
		},
		{
			"stop what never ran", with(stopped(Stop), func(q *Question) { q.Environment.ActiveID, q.Environment.StoppedAt = "", nil }),
			"stop of production is refused: nothing runs in production: there is nothing to stop", lockstep.CodeConflict,
		},
		{
			"stop in maintenance", with(deploy(), func(q *Question) { q.Action, q.Environment.Status = Stop, lockstep.EnvironmentMaintenance }),
			"stop of production is refused: production is in maintenance: end the maintenance first", lockstep.CodeRefused,
		},
		{"start", stopped(Start), "start of production is allowed", ""},
		{
			"start what runs", with(deploy(), func(q *Question) { q.Action = Start }),
			"start of production is refused: production is not stopped", lockstep.CodeConflict,
		},
		{
			"start what will be stopped", with(deploy(), func(q *Question) { q.Action, q.Ahead = Start, lockstep.OperationStop }),
			"start of production is allowed", "",
		},
		{
			"start twice", with(stopped(Start), func(q *Question) { q.Ahead = lockstep.OperationStart }),
			"start of production is refused: production is being started already", lockstep.CodeConflict,
		},
		{
			"a claimed start is not in its own way", with(stopped(Start), func(q *Question) { q.Claimed, q.Ahead = true, lockstep.OperationStart }),
			"start of production is allowed", "",
		},
		{
			"start beside a deployment", with(stopped(Start), func(q *Question) { q.Ahead = lockstep.OperationDeploy }),
			"start of production is refused: a deployment to production runs or waits: it brings the environment up", lockstep.CodeConflict,
		},
		{
			"start what never ran", with(stopped(Start), func(q *Question) { q.Environment.ActiveID = "" }),
			"start of production is refused: no deployment to production has completed yet: deploy a release", lockstep.CodeConflict,
		},
		{
			"start on another runtime", with(stopped(Start), func(q *Question) { q.Environment.Spec.Runtime = lockstep.RuntimeDocker }),
			"start of production is refused: runtime docker is not built into this server (built: process)", lockstep.CodeUnsupported,
		},
		{"scale", with(deploy(), func(q *Question) { q.Action = Scale }), "scale of production is allowed", ""},
		{"scale what is stopped", stopped(Scale), "scale of production is allowed", ""},
		{
			"scale in maintenance", with(deploy(), func(q *Question) { q.Action, q.Environment.Status = Scale, lockstep.EnvironmentMaintenance }),
			"scale of production is allowed", "",
		},
		{
			"scale what is archived", with(stopped(Scale), func(q *Question) { q.Environment.Status = lockstep.EnvironmentArchived }),
			"scale of production is refused: production is archived: unarchive it first", lockstep.CodeRefused,
		},
		{"disable", toggle(DisableService, "frontend"), "disable frontend of production is allowed", ""},
		{
			"disable what another needs", toggle(DisableService, "backend"),
			"disable backend of production is refused: frontend depends on it: disable that first, or force it (--force)", lockstep.CodeConflict,
		},
		{
			"disable what another needs by force", with(toggle(DisableService, "backend"), func(q *Question) { q.Force = true }),
			"disable backend of production is allowed", "",
		},
		{
			"disable what something disabled needed", with(toggle(DisableService, "worker"), func(q *Question) { q.Environment.Disabled = []string{"cron"} }),
			"disable worker of production is allowed", "",
		},
		{
			"disable the only way in", with(toggle(DisableService, "frontend"), func(q *Question) { q.Environment.Disabled = []string{"backend"} }),
			"disable frontend of production is refused: users reach nothing else there: begin a maintenance (lockstep maintenance on production) or stop it (lockstep stop production), or force it (--force)", lockstep.CodeConflict,
		},
		{
			"disable what is not reached", with(toggle(DisableService, "worker"), func(q *Question) { q.Environment.Disabled = []string{"backend", "frontend", "cron"} }),
			"disable worker of production is allowed", "",
		},
		{"disable a dependency", toggle(DisableService, "database"), "disable database of production is allowed", ""},
		{
			"disable twice", with(toggle(DisableService, "frontend"), func(q *Question) { q.Environment.Disabled = []string{"frontend"} }),
			"disable frontend of production is refused: frontend is disabled already", lockstep.CodeConflict,
		},
		{
			"disable what is archived", with(toggle(DisableService, "frontend"), func(q *Question) { q.Environment.Status = lockstep.EnvironmentArchived }),
			"disable frontend of production is refused: production is archived: unarchive it first", lockstep.CodeRefused,
		},
		{
			"enable", with(toggle(EnableService, "frontend"), func(q *Question) { q.Environment.Disabled = []string{"frontend"} }),
			"enable frontend of production is allowed", "",
		},
		{
			"enable what lacks something", with(toggle(EnableService, "frontend"), func(q *Question) { q.Environment.Disabled = []string{"backend", "frontend"} }),
			"enable frontend of production is refused: it depends on backend, which is disabled: enable that first, or force it (--force)", lockstep.CodeConflict,
		},
		{
			"enable what lacks something by force", with(toggle(EnableService, "frontend"), func(q *Question) { q.Environment.Disabled, q.Force = []string{"backend", "frontend"}, true }),
			"enable frontend of production is allowed", "",
		},
		{
			"enable what is not disabled", toggle(EnableService, "frontend"),
			"enable frontend of production is refused: frontend is not disabled", lockstep.CodeConflict,
		},
		{"maintenance on", with(deploy(), func(q *Question) { q.Action = MaintenanceOn }), "maintenance on of production is allowed", ""},
		{
			"maintenance on with another message", with(deploy(), func(q *Question) { q.Action, q.Environment.Status = MaintenanceOn, lockstep.EnvironmentMaintenance }),
			"maintenance on of production is allowed", "",
		},
		{
			"maintenance on what is stopped", stopped(MaintenanceOn),
			"maintenance on of production is refused: nothing runs in production, and its users are told so", lockstep.CodeConflict,
		},
		{
			"maintenance on after what will start", with(stopped(MaintenanceOn), func(q *Question) { q.Ahead = lockstep.OperationStart }),
			"maintenance on of production is allowed", "",
		},
		{
			"maintenance off", with(deploy(), func(q *Question) { q.Action, q.Environment.Status = MaintenanceOff, lockstep.EnvironmentMaintenance }),
			"maintenance off of production is allowed", "",
		},
		{
			"maintenance off what is in none", with(deploy(), func(q *Question) { q.Action = MaintenanceOff }),
			"maintenance off of production is refused: production is not in maintenance", lockstep.CodeConflict,
		},
		{"archive", stopped(Archive), "archive of production is allowed", ""},
		{
			"archive what runs", with(deploy(), func(q *Question) { q.Action = Archive }),
			"archive of production is refused: production is not stopped: stop it first", lockstep.CodeConflict,
		},
		{
			"archive what will start", with(stopped(Archive), func(q *Question) { q.Ahead = lockstep.OperationStart }),
			"archive of production is refused: production is about to be brought up: cancel that, or stop it afterwards", lockstep.CodeConflict,
		},
		{
			"archive twice", with(stopped(Archive), func(q *Question) { q.Environment.Status = lockstep.EnvironmentArchived }),
			"archive of production is refused: production is archived already", lockstep.CodeConflict,
		},
		{
			"unarchive", with(stopped(Unarchive), func(q *Question) { q.Environment.Status = lockstep.EnvironmentArchived }),
			"unarchive of production is allowed", "",
		},
		{
			"unarchive what is not", stopped(Unarchive),
			"unarchive of production is refused: production is not archived", lockstep.CodeConflict,
		},
		{"deploy to what is stopped", stopped(Deploy), "deploy of 2.1.0 to production is allowed", ""},
		{
			"restore what is stopped", with(rollback(), func(q *Question) {
				q.Action, q.TargetID, q.Environment = Restore, "r2", stopped(Restore).Environment
			}),
			"rollback of production to 2.0.0 is allowed", "",
		},
		{"apply", Question{Action: Apply, Actor: "ana"}, "apply is allowed", ""},
		{"the configuration of an archived environment", Question{Action: Configure, Actor: "ana", Environment: func() *lockstep.Environment {
			e := production()
			e.Status = lockstep.EnvironmentArchived
			return e
		}()}, "change of the configuration of production is refused: production is archived: unarchive it first", lockstep.CodeRefused},
		{"the configuration of a project", Question{Action: ConfigureAbove, Actor: "ana"}, "change of the configuration is allowed", ""},
		{"secrets", Question{Action: Reveal, Actor: "ana", Environment: production()}, "reading the secrets of production is allowed", ""},
		{"a sync", Question{Action: Sync, Actor: "ana", Environment: production()}, "sync to production is allowed", ""},
		{"a sync to where everything goes", Question{Action: Sync, Actor: "ana", Environment: production(), Destroying: "o1"}, "sync to production is refused: production is being destroyed by operation o1", lockstep.CodeConflict},
		{"a release", Question{Action: ReleaseCreate, Actor: "ana"}, "a new release is allowed", ""},
		{"something else", Question{Action: "explode", Actor: "ana"}, `explode is refused: there is no rule for "explode"`, lockstep.CodeRefused},
	})
}

func TestARefusalWithSeveralReasonsListsThem(t *testing.T) {
	t.Parallel()
	q := deploy()
	q.Environment.Status, q.Strategy = lockstep.EnvironmentArchived, lockstep.StrategyRecreate
	var err *lockstep.Error
	if !errors.As(Decide(q).Err(), &err) || err.Message != "deploy of 2.1.0 to production is refused" || len(err.Problems) != 2 {
		t.Fatalf("got %#v", err)
	}
	if err.Problems[0].Field != "archived" || err.Problems[1].Field != "strategy_not_allowed" {
		t.Errorf("problems %+v", err.Problems)
	}
}

// Every action has rules, and each but the timer's asks who it is.
func TestEveryActionAsksForAName(t *testing.T) {
	t.Parallel()
	actions := []Action{Read, Apply, ReleaseCreate, Deploy, Promote, Rollback, Restore, Approve, Reject, Cancel, Pause, Resume, Destroy, Stop, Start, Scale, EnableService, DisableService, MaintenanceOn, MaintenanceOff, Archive, Unarchive, Switch, Reschedule, Schedule, Retire, Configure, ConfigureAbove, Reveal, RotateKeys, RevokeSecret, Sync}
	if len(rules) != len(actions) {
		t.Errorf("%d actions have rules, want %d", len(rules), len(actions))
	}
	for _, action := range actions {
		a := Decide(Question{Action: action, Environment: production()})
		refused := slices.ContainsFunc(a.Reasons, func(r Reason) bool { return r.Code == ReasonUnknownActor })
		if refused != (action != Retire) {
			t.Errorf("%s without a name: %s", action, a)
		}
	}
}
