package policy

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

var nine = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func TestProve(t *testing.T) {
	t.Parallel()
	type step struct {
		version string
		at      int // minutes after nine
		change  func(*lockstep.Deployment)
	}
	unchecked := func(d *lockstep.Deployment) { d.ValidationRequired = false }
	byHand := func(d *lockstep.Deployment) {
		d.Status, d.Rollback = lockstep.StatusRolledBack, &lockstep.RollbackResult{}
	}
	byItself := func(d *lockstep.Deployment) {
		d.Status, d.Rollback = lockstep.StatusRolledBack, &lockstep.RollbackResult{Automatic: true}
	}
	failed := func(d *lockstep.Deployment) { d.Status = lockstep.StatusFailed }
	for _, c := range []struct {
		name    string
		steps   []step // in any order
		stopped int    // minutes after nine; 0: not
		want    Proof  // of 2.0 at ten
		since   int    // minutes after nine; -1: it does not run
	}{
		{"never", []step{{"1.0", 0, nil}}, 0, Proof{}, -1},
		{"runs", []step{{"1.0", 0, nil}, {"2.0", 20, nil}}, 0, Proof{Came: true, Validated: true, Longest: 40 * time.Minute}, 20},
		{"the newest is listed first", []step{{"3.0", 30, nil}, {"2.0", 20, nil}}, 0, Proof{Came: true, Validated: true, Longest: 10 * time.Minute}, -1},
		{"not validated", []step{{"2.0", 20, unchecked}}, 0, Proof{Came: true}, -1},
		{"validated later", []step{{"2.0", 20, unchecked}, {"2.0", 30, nil}}, 0, Proof{Came: true, Validated: true, Longest: 30 * time.Minute}, 30},
		{"deployed over itself", []step{{"2.0", 20, nil}, {"2.0", 30, unchecked}}, 0, Proof{Came: true, Validated: true, Longest: 40 * time.Minute}, 20},
		{
			"the longest stretch counts",
			[]step{{"2.0", 0, nil}, {"3.0", 25, nil}, {"2.0", 50, nil}},
			0,
			Proof{Came: true, Validated: true, Longest: 25 * time.Minute},
			50,
		},
		{"taken back", []step{{"2.0", 20, byHand}, {"1.0", 30, nil}}, 0, Proof{Came: true, Validated: false, TakenBack: true}, -1},
		{"taken back and brought again", []step{{"2.0", 20, byHand}, {"1.0", 30, nil}, {"2.0", 40, nil}}, 0, Proof{Came: true, Validated: true, Longest: 20 * time.Minute}, 40},
		{"took itself back", []step{{"2.0", 20, byItself}}, 0, Proof{}, -1},
		{"another one that took itself back is no end", []step{{"2.0", 20, nil}, {"3.0", 30, byItself}, {"4.0", 40, failed}}, 0, Proof{Came: true, Validated: true, Longest: 40 * time.Minute}, 20},
		{"stopped since", []step{{"2.0", 20, nil}}, 50, Proof{Came: true, Validated: true, Longest: 30 * time.Minute}, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := lockstep.Environment{Name: "staging"}
			if c.stopped > 0 {
				at := nine.Add(time.Duration(c.stopped) * time.Minute)
				env.StoppedAt = &at
			}
			var all []lockstep.Deployment
			for _, s := range c.steps {
				at := nine.Add(time.Duration(s.at) * time.Minute)
				d := lockstep.Deployment{Version: s.version, Status: lockstep.StatusCompleted, ValidationRequired: true, CompletedAt: &at}
				if s.change != nil {
					s.change(&d)
				}
				all = append(all, d)
			}
			got := Prove(env, append(all, lockstep.Deployment{Version: "2.0", Status: lockstep.StatusPending}), "2.0", nine.Add(time.Hour))
			since := -1
			if got.Since != nil {
				since = int(got.Since.Sub(nine).Minutes())
			}
			got.Since, c.want.Environment = nil, "staging"
			if got != c.want || since != c.since {
				t.Errorf("got %+v since %d, want %+v since %d", got, since, c.want, c.since)
			}
		})
	}
}

// soaking is a deployment of 2.1.0 to production that has to have run for an
// hour in staging.
func soaking(action Action, p Proof) Question {
	q := deploy()
	if action == Promote {
		q = promotion()
	}
	p.Environment = "staging"
	q.Environment.Spec.Prerequisites = lockstep.Prerequisites{Environments: []string{"staging"}, Soak: lockstep.Duration(time.Hour)}
	q.Proofs = []Proof{p}
	return q
}

// A release does not prove itself while its environment is stopped.
func TestTimeBeforeTheLastStopProvesNothing(t *testing.T) {
	t.Parallel()
	at := func(minutes int) *time.Time {
		m := time.Date(2026, 3, 1, 9, minutes, 0, 0, time.UTC)
		return &m
	}
	env := lockstep.Environment{Name: "staging", Metadata: lockstep.EnvironmentMetadata{UpSince: at(45)}}
	came := lockstep.Deployment{Version: "2.0", Status: lockstep.StatusCompleted, ValidationRequired: true, CompletedAt: at(0)}
	p := Prove(env, []lockstep.Deployment{came}, "2.0", *at(60))
	if p.Longest != 15*time.Minute || p.Since == nil || !p.Since.Equal(*at(45)) {
		t.Errorf("proof %+v", p)
	}
}

func TestPrerequisites(t *testing.T) {
	t.Parallel()
	waits := Proof{Came: true, Validated: true, Longest: 20 * time.Minute, Since: &nine}
	ran := Proof{Came: true, Validated: true, Longest: 90 * time.Second}
	const refused, lasts = "deploy of 2.1.0 to production is refused: ", "2.1.0 has run in staging for 20m of 1h: it may go from 2026-03-01 10:00:00 UTC on"
	decides(t, []decision{
		{"for long enough", soaking(Deploy, Proof{Came: true, Validated: true, Longest: time.Hour}), "deploy of 2.1.0 to production is allowed", ""},
		{"not yet", soaking(Deploy, waits), refused + lasts, lockstep.CodeRefused},
		{"at the claim", with(soaking(Deploy, waits), func(q *Question) { q.Claimed = true }), refused + lasts, lockstep.CodeRefused},
		{"not any more", soaking(Deploy, ran), refused + "2.1.0 ran in staging for 1m30s of 1h, and does not any more: deploy it there again", lockstep.CodeRefused},
		{"never", soaking(Deploy, Proof{}), refused + "2.1.0 has not run in staging: deploy it there first", lockstep.CodeRefused},
		{"unvalidated", soaking(Deploy, Proof{Came: true}), refused + "2.1.0 came to staging without validation: deploy it there again, with validation", lockstep.CodeRefused},
		{"taken back", soaking(Deploy, Proof{Came: true, Validated: true, TakenBack: true, Longest: 2 * time.Hour}), refused + "2.1.0 was rolled back in staging", lockstep.CodeRefused},
		{
			"in several", with(soaking(Deploy, waits), func(q *Question) { q.Proofs = append(q.Proofs, Proof{Environment: "testing"}) }),
			refused + lasts + "; 2.1.0 has not run in testing: deploy it there first", lockstep.CodeRefused,
		},
		{
			"forced", with(soaking(Deploy, waits), func(q *Question) { q.Force, q.Reason = true, "the cellar floods" }),
			"deploy of 2.1.0 to production is allowed: " + lasts + " (forced: the cellar floods)", "",
		},
		{"a reason is no force", with(soaking(Deploy, waits), func(q *Question) { q.Reason = "x" }), refused + lasts, lockstep.CodeRefused},
		{"of what runs already", with(soaking(Deploy, Proof{}), func(q *Question) { q.Environment.ActiveID, q.Environment.Metadata.Version = "r1", "2.1.0" }), "deploy of 2.1.0 to production is allowed", ""},
		{"a promotion waits too", soaking(Promote, waits), "promotion of 2.1.0 from staging to production is refused: " + lasts, lockstep.CodeRefused},
		{
			"a promotion says once what was not validated", with(soaking(Promote, Proof{Came: true}), func(q *Question) { q.Upstream.Deployment.ValidationRequired = false }),
			"promotion of 2.1.0 from staging to production is refused: deployment d9 brought it to staging without validation: deploy it there again, with validation", lockstep.CodeRefused,
		},
		{"a rollback needs none", with(soaking(Deploy, Proof{}), func(q *Question) { q.Action = Restore }), "rollback of production to 2.1.0 is allowed", ""},
	})
}

func TestWhenARefusalEnds(t *testing.T) {
	t.Parallel()
	waits := Proof{Came: true, Validated: true, Since: &nine}
	later := nine.Add(time.Hour)
	ten, eleven := nine.Add(time.Hour), nine.Add(2*time.Hour)
	for name, c := range map[string]struct {
		q    Question
		want *time.Time
	}{
		"by itself": {soaking(Deploy, waits), &ten},
		"when the last does": {with(soaking(Deploy, waits), func(q *Question) {
			q.Proofs = append(q.Proofs, Proof{Environment: "testing", Came: true, Validated: true, Since: &later})
		}), &eleven},
		"never: another":      {with(soaking(Deploy, waits), func(q *Question) { q.Proofs = append(q.Proofs, Proof{Environment: "testing"}) }), nil},
		"never: another rule": {with(soaking(Deploy, waits), func(q *Question) { q.Environment.Status = lockstep.EnvironmentArchived }), nil},
		"it is none":          {deploy(), nil},
	} {
		got := Decide(c.q).Until
		if (got == nil) != (c.want == nil) || got != nil && !got.Equal(*c.want) {
			t.Errorf("%s: until %v, want %v", name, got, c.want)
		}
	}
}
