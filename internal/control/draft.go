package control

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// draft is a deployment thought through to the end, with nothing stored yet.
type draft struct {
	env        lockstep.Environment
	deployment lockstep.Deployment // its RevisionID is empty where the revision is new
	content    lockstep.RevisionContent
	variables  []string // names of those that are given with it
	priority   int
	answer     policy.Answer
}

// draft freezes what a request for an environment would bring in, and asks
// the gate about it.
func (c *Control) draft(tx Tx, by By, env lockstep.Environment, req lockstep.DeploymentRequest) (draft, error) {
	if req.Version == "" {
		return draft{}, lockstep.Invalid("version", "name the version to deploy, or latest")
	}
	return c.draftAs(tx, by, env, req, func(*policy.Question) {})
}

// draftAs lets ask say more of the question: that it is a promotion, and
// where from. Without a version nothing can come in, and the gate says why.
func (c *Control) draftAs(tx Tx, by By, env lockstep.Environment, req lockstep.DeploymentRequest, ask func(*policy.Question)) (draft, error) {
	req.Reason = strings.TrimSpace(req.Reason)
	if err := checkRequest(req); err != nil {
		return draft{}, err
	}
	d := draft{env: env, deployment: c.deployment(env, req)}
	if req.Force && req.Reason == "" {
		return draft{}, lockstep.Invalid("reason", "a forced deployment needs a reason (--reason): it is kept with it")
	}
	if err := req.Check(c.now()); err != nil {
		return draft{}, err
	}
	d.deployment.StartedBy = by.Actor
	d.deployment.ScheduledFor, d.deployment.NotAfter = req.Bounds()
	q, err := c.facts(tx, policy.Deploy, by.Actor, env)
	if err != nil {
		return draft{}, err
	}
	q.Strategy, q.Force, q.Reason = d.deployment.Strategy, req.Force, req.Reason
	ask(&q)
	if req.Version != "" {
		if err := c.freeze(tx, &d, req); err != nil {
			return draft{}, err
		}
		q.Target = &d.content
		if q.Gone, err = goneSecrets(tx, d.content); err != nil {
			return draft{}, err
		}
		at := q.Now
		if d.deployment.ScheduledFor != nil {
			at = *d.deployment.ScheduledFor
		}
		if q.Proofs, err = c.proofs(tx, env, d.content.Release, at); err != nil {
			return draft{}, err
		}
		if q.Quarantine, err = quarantine(tx, q, d.deployment.RevisionHash); err != nil {
			return draft{}, err
		}
	}
	d.answer = policy.Decide(q)
	d.deployment.Status = lockstep.StatusPending
	if d.answer.Allowed {
		if err := d.chooseRecipe(req.Recipe); err != nil {
			return draft{}, err
		}
	}
	if d.answer.RequiresApproval {
		d.deployment.Status = lockstep.StatusPendingApproval
	}
	return d, nil
}

// freeze settles what exactly a draft brings in.
func (c *Control) freeze(tx Tx, d *draft, req lockstep.DeploymentRequest) error {
	release, err := release(tx, d.env.ProjectID, req.Version)
	if err != nil {
		return err
	}
	version, err := configFor(tx, d.env, req.WithConfig)
	if err != nil {
		return err
	}
	in := setting(d.env, version.Number)
	in.Variables = req.Variables
	if d.content, err = config.Freeze(release, version.Document, in); err != nil {
		return err
	}
	d.variables = slices.Sorted(maps.Keys(req.Variables))
	d.deployment.Version, d.deployment.ReleaseID = release.Version, release.ID
	d.deployment.ConfigVersion = version.Number
	if d.deployment.RevisionHash, err = lockstep.Hash(d.content); err != nil {
		return err
	}
	_, err = d.content.Groups()
	return err
}

// deployment is a request with its defaults, in an environment.
func (c *Control) deployment(env lockstep.Environment, req lockstep.DeploymentRequest) lockstep.Deployment {
	d := lockstep.Deployment{
		ProjectID: env.ProjectID, EnvironmentID: env.ID, Environment: env.Name,
		PreviousRevisionID: env.ActiveID,
		Strategy:           req.Strategy,
		RollbackOnFailure:  req.RollbackOnFailure == nil || *req.RollbackOnFailure,
		ValidationRequired: req.ValidationRequired == nil || *req.ValidationRequired,
		Description:        req.Description, NotificationChannels: req.NotificationChannels, Forced: req.Force, Reason: req.Reason,
		Steps: []lockstep.Step{}, CreatedAt: c.now(),
	}
	if d.Strategy == "" && req.Recipe != "" {
		d.Strategy = lockstep.StrategyCustom
	}
	if d.Strategy == "" {
		d.Strategy = env.Spec.Strategy.Primary
	}
	if d.ValidationRequired {
		d.Validation = env.Spec.Validation
	}
	return d
}

// maxText is the most characters of a description, reason or comment.
const maxText = 4000

func checkRequest(req lockstep.DeploymentRequest) error {
	if req.Version != "" {
		if err := lockstep.ValidateVersion(req.Version); err != nil {
			return err
		}
	}
	if req.Strategy != "" && !slices.Contains(lockstep.Strategies(), req.Strategy) {
		return lockstep.Invalid("strategy", "there is no such strategy: use one of %v", lockstep.Strategies())
	}
	if req.Recipe != "" && req.Strategy != "" && req.Strategy != lockstep.StrategyCustom {
		return lockstep.Invalid("recipe", "a recipe is for strategy custom, not for %s: leave one of them out", req.Strategy)
	}
	if err := checkText("reason", req.Reason); err != nil {
		return err
	}
	return checkText("description", req.Description)
}

func checkText(field, text string) error {
	if len(text) > maxText {
		return lockstep.Invalid(field, "the %s is longer than %d characters", field, maxText)
	}
	return nil
}

func release(tx Tx, projectID, version string) (lockstep.Release, error) {
	r, err := tx.Release(projectID, version)
	if lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return r, err
	}
	recent, _, listErr := tx.Releases(projectID, lockstep.Page{Limit: 20})
	if listErr != nil {
		return r, listErr
	}
	versions := make([]string, len(recent))
	for i, r := range recent {
		versions[i] = r.Version
	}
	return r, notFound("release", version, versions)
}

// configFor is the config version that a deployment takes: the one that is
// asked for; else the one that runs; else, the first time, the newest.
func configFor(tx Tx, env lockstep.Environment, with string) (lockstep.ConfigVersion, error) {
	var number int64 // the newest
	switch {
	case with == "latest":
	case with != "":
		n, err := strconv.ParseInt(with, 10, 64)
		if err != nil || n < 1 {
			return lockstep.ConfigVersion{}, lockstep.Invalid("withConfig", "name a config version by its number, or latest")
		}
		number = n
	case env.ActiveID != "":
		active, err := tx.Revision(env.ActiveID)
		if err != nil {
			return lockstep.ConfigVersion{}, err
		}
		number = active.Content.Config
	}
	return tx.ConfigVersion(env.ID, number)
}

// plan previews the steps from what is stored; what really runs is looked at
// when the deployment starts.
func (d draft) plan(tx Tx) (lockstep.Plan, error) {
	s, err := stored(tx, d.env, lockstep.Revision{
		ID: lockstep.ShortHash(d.deployment.RevisionHash), Hash: d.deployment.RevisionHash, Content: d.content,
	})
	if err != nil {
		return lockstep.Plan{}, err
	}
	return strategy.Plan(s, strategy.Request{Strategy: d.deployment.Strategy, Recipe: d.deployment.Recipe, Level: d.deployment.Validation, Back: d.deployment.RollbackOf != ""})
}

// stored is a snapshot of what should be, by what is stored: all that was
// deployed runs, and is ready.
func stored(tx Tx, env lockstep.Environment, target lockstep.Revision) (strategy.Snapshot, error) {
	s := strategy.Snapshot{Environment: env, Target: target}
	for _, side := range []struct {
		id string
		to **lockstep.Revision
	}{{env.ServingID(), &s.Active}, {env.WarmID, &s.Warm}} {
		if side.id == "" {
			continue
		}
		revision, err := tx.Revision(side.id)
		if err != nil {
			return s, err
		}
		*side.to = &revision
		if revision.Hash == s.Target.Hash {
			s.Target = revision
		}
		groups, err := revision.Content.Groups()
		if err != nil {
			return s, err
		}
		for _, g := range groups {
			if !slices.Contains(s.Running, g.ID) {
				s.Running, s.Ready = append(s.Running, g.ID), append(s.Ready, g.ID)
			}
		}
	}
	if s.Active != nil {
		s.Serving = []lockstep.Revision{*s.Active}
	}
	return s, nil
}
