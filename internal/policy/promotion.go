package policy

import "github.com/lockstep-dev/lockstep"

// Upstream is where a promoted release comes from, as it is when somebody
// asks for the promotion.
type Upstream struct {
	Environment lockstep.Environment
	Pipeline    []string             // of the project
	Deployment  *lockstep.Deployment // the newest that completed there and stands
	Health      lockstep.HealthSummary
	Unseen      string // why the health is unknown, where it is
}

// proof makes a rule of what a release has to prove upstream before it is
// promoted. It is asked once, when somebody requests the promotion: what was
// proved stays so while the deployment waits.
func proof(missing func(Question, Upstream) *Reason) rule {
	return forceable(func(q Question) *Reason {
		if q.Claimed || q.Upstream == nil || q.Upstream.Environment.ActiveID == "" || runsAlready(q) {
			return nil
		}
		return missing(q, *q.Upstream)
	})
}

// forceable lets a person with a reason override a rule; it is recorded.
func forceable(asked rule) rule {
	return func(q Question) *Reason {
		found := asked(q)
		if found != nil && q.Force {
			return reason(ReasonForced, "%s (forced: %s)", found.Message, q.Reason)
		}
		return found
	}
}

func somethingUpstream(q Question) *Reason {
	if q.Claimed || q.Upstream == nil || q.Upstream.Environment.ActiveID != "" {
		return nil
	}
	name := q.Upstream.Environment.Name
	return reason(ReasonNothingUpstream, "nothing runs in %s: deploy it there first", name)
}

// runsAlready: promotion moves the release, so that another configuration of
// the same one is a deployment's business. Of an environment that has failed
// nobody knows what is left.
func runsAlready(q Question) bool {
	e := q.Environment
	return e != nil && q.Target != nil && e.ActiveID != "" && e.Metadata.Version == q.Target.Release && e.Status != lockstep.EnvironmentFailed
}

func otherRelease(q Question) *Reason {
	if q.Claimed || !runsAlready(q) {
		return nil
	}
	return reason(ReasonAlreadyRuns, "%s runs %s already", q.Environment.Name, q.Target.Release)
}

// stageBefore holds promotions to the order of the pipeline. An environment
// that is no stage of it takes releases from any other.
func stageBefore(q Question, up Upstream) *Reason {
	if q.Environment == nil {
		return nil
	}
	before, staged := lockstep.StageBefore(up.Pipeline, q.Environment.Name)
	switch {
	case !staged || before == up.Environment.Name:
		return nil
	case before == "":
		return reason(ReasonStageSkipped, "%s is the first stage of the pipeline: nothing is promoted to it", q.Environment.Name)
	}
	return reason(ReasonStageSkipped, "the pipeline leads to %s from %s, not from %s", q.Environment.Name, before, up.Environment.Name)
}

func upstreamActive(_ Question, up Upstream) *Reason {
	if up.Environment.Status == lockstep.EnvironmentActive {
		return nil
	}
	return reason(ReasonNotProved, "%s is %s, not active", up.Environment.Name, up.Environment.Status)
}

func upstreamValidated(_ Question, up Upstream) *Reason {
	d := up.Deployment
	switch {
	case d == nil || d.RevisionID != up.Environment.ActiveID:
		return reason(ReasonNotProved, "no deployment that completed has brought what runs in %s: deploy it there again", up.Environment.Name)
	case !d.ValidationRequired:
		return reason(ReasonNotProved, "deployment %s brought it to %s without validation: deploy it there again, with validation", d.ID, up.Environment.Name)
	}
	return nil
}

func upstreamHealthy(_ Question, up Upstream) *Reason {
	name, h := up.Environment.Name, up.Health
	switch {
	case up.Unseen != "":
		return reason(ReasonNotProved, "whether %s is healthy is unknown: %s", name, up.Unseen)
	case h.Desired == 0:
		return reason(ReasonNotProved, "%s has no instances that could show anything", name)
	case h.Status != "healthy":
		return reason(ReasonNotProved, "%s is %s: %d of %d instances ready", name, h.Status, h.Ready, h.Desired)
	}
	return nil
}
