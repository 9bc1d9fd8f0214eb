package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Proof is how a release has done in an environment that is a prerequisite of
// another: for how long at a stretch it was what ran there, validated.
type Proof struct {
	Environment string
	Came        bool          // a deployment has brought it there
	Validated   bool          // and one did with validation
	TakenBack   bool          // and the last such was rolled back
	Longest     time.Duration // the longest stretch, at the time that was asked about
	Since       *time.Time    // where it runs there: since when
}

// Prove reads from the deployments of an environment, in any order, how a
// release has done there until a moment. A stretch begins with a deployment
// that validated the release, goes on through further ones of the same, and
// ends with one of another, or where the environment was stopped: what was
// before its last stop does not count.
func Prove(env lockstep.Environment, deployments []lockstep.Deployment, release string, at time.Time) Proof {
	p := Proof{Environment: env.Name}
	var since *time.Time
	from := func() *time.Time {
		if up := env.Metadata.UpSince; since != nil && up != nil && up.After(*since) {
			return up
		}
		return since
	}
	end := func(until time.Time) {
		if since != nil {
			p.Longest = max(p.Longest, until.Sub(*from()))
		}
		since = nil
	}
	for _, d := range inOrder(deployments) {
		if d.Version != release {
			end(*d.CompletedAt)
			continue
		}
		p.Came = true
		p.TakenBack = d.Status == lockstep.StatusRolledBack
		switch {
		case p.TakenBack:
			since = nil
		case d.ValidationRequired && since == nil:
			p.Validated, since = true, d.CompletedAt
		}
	}
	if since == nil {
		return p
	}
	if env.StoppedAt != nil {
		end(*env.StoppedAt)
		return p
	}
	p.Since = from()
	end(at)
	return p
}

// inOrder are those that came to run, as they did. One that took itself back
// never did.
func inOrder(deployments []lockstep.Deployment) []lockstep.Deployment {
	var ran []lockstep.Deployment
	for _, d := range deployments {
		byHand := d.Rollback != nil && !d.Rollback.Automatic
		if d.CompletedAt != nil && (d.Status == lockstep.StatusCompleted || d.Status == lockstep.StatusRolledBack && byHand) {
			ran = append(ran, d)
		}
	}
	slices.SortStableFunc(ran, func(a, b lockstep.Deployment) int { return a.CompletedAt.Compare(*b.CompletedAt) })
	return ran
}

// prerequisites holds a release to what it has to have done elsewhere. It is
// asked at the claim too: what was rolled back there meanwhile is proved no
// more. What runs already has come in before.
func prerequisites(q Question) *Reason {
	if q.Environment == nil || q.Target == nil || runsAlready(q) {
		return nil
	}
	soak := q.Environment.Spec.Prerequisites.Soak.Std()
	var missing []string
	var until *time.Time
	passing := true
	for _, p := range q.Proofs {
		if saidBefore(q, p) {
			continue
		}
		what, changes := unproved(q.Target.Release, p, soak)
		if what == "" {
			continue
		}
		missing = append(missing, what)
		passing = passing && changes != nil
		if changes != nil && (until == nil || changes.After(*until)) {
			until = changes
		}
	}
	if missing == nil {
		return nil
	}
	r := reason(ReasonPrerequisite, "%s", strings.Join(missing, "; "))
	if passing {
		r.Until = until
	}
	return r
}

// saidBefore: that nothing was validated where a promotion comes from is said
// by what the promotion itself asks for.
func saidBefore(q Question, p Proof) bool {
	return q.Upstream != nil && !q.Claimed && p.Environment == q.Upstream.Environment.Name && !p.Validated
}

// unproved says what a release lacks in one environment, and when it will
// lack it no more, where it only has to wait.
func unproved(release string, p Proof, soak time.Duration) (string, *time.Time) {
	switch {
	case p.TakenBack:
		return release + " was rolled back in " + p.Environment, nil
	case !p.Came:
		return release + " has not run in " + p.Environment + ": deploy it there first", nil
	case !p.Validated:
		return release + " came to " + p.Environment + " without validation: deploy it there again, with validation", nil
	case p.Longest >= soak:
		return "", nil
	case p.Since == nil:
		return release + " ran in " + p.Environment + " for " + whole(p.Longest) + " of " + whole(soak) + ", and does not any more: deploy it there again", nil
	}
	from := p.Since.Add(soak)
	return release + " has run in " + p.Environment + " for " + whole(p.Longest) + " of " + whole(soak) + ": it may go from " + clock(from) + " on", &from
}

// whole is a duration without fractions, and without zeros behind: 1h, 20m, 90s.
func whole(d time.Duration) string {
	text := d.Truncate(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
