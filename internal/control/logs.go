package control

import (
	"context"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// LogRequest is a query for lines, with a revision as people name it: by its
// release's version, or by the beginning of its hash.
type LogRequest struct {
	lockstep.LogQuery
	Revision string
}

// LogReader reads an environment's logs, page by page.
type LogReader struct {
	c     *Control
	env   lockstep.Environment
	Query lockstep.LogQuery
}

// clockSkew is how much the clock of whoever asks may be ahead of ours.
const clockSkew = time.Minute

// Logs finds the environment and checks what is asked for.
func (c *Control) Logs(ctx context.Context, projectName, environmentRef string, in LogRequest) (*LogReader, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	if in.Cursor == "" && in.Since != nil && in.Since.After(c.now().Add(clockSkew)) {
		return nil, lockstep.Invalid("since", "since (%s) lies ahead: nothing was written after it yet; leave it out, and follow what is written from now on", in.Since.UTC().Format(time.RFC3339))
	}
	r := &LogReader{c: c, Query: in.LogQuery}
	var err error
	r.env, err = view(ctx, c, func(tx Tx) (lockstep.Environment, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil || in.Revision == "" {
			return env, err
		}
		r.Query.Groups, err = groupsOf(tx, env, in.Revision)
		return env, err
	})
	if err != nil {
		return nil, err
	}
	if why := c.elsewhere(r.env); why != "" {
		return nil, lockstep.Errorf(lockstep.CodeUnavailable, "the logs of %s cannot be read: %s", r.env.Name, why)
	}
	return r, nil
}

// Page is what comes next; the reader goes on after it.
func (r *LogReader) Page(ctx context.Context) (lockstep.LogPage, error) {
	page, err := r.c.meter.Logs(ctx, r.env.ID, r.Query)
	if err != nil {
		if lockstep.CodeOf(err) == lockstep.CodeInternal && ctx.Err() == nil {
			err = lockstep.Errorf(lockstep.CodeUnavailable, "the logs of %s cannot be read now: its agent cannot be reached", r.env.Name)
		}
		return page, err
	}
	if page.Cursor != "" {
		r.Query.Cursor, r.Query.Tail, r.Query.Since = page.Cursor, 0, nil
	}
	return page, nil
}

// deploymentsLooked is how far back a revision is looked for by its version.
const deploymentsLooked = 200

// groupsOf are the groups of every revision of an environment that a name
// fits.
func groupsOf(tx Tx, env lockstep.Environment, name string) ([]string, error) {
	deployments, _, err := tx.Deployments(lockstep.DeploymentFilter{ProjectID: env.ProjectID, EnvironmentID: env.ID}, lockstep.Page{Limit: deploymentsLooked})
	if err != nil {
		return nil, err
	}
	var groups []string
	seen := map[string]bool{}
	for _, d := range deployments {
		byHash := len(name) >= 4 && strings.HasPrefix(d.RevisionHash, name)
		if seen[d.RevisionID] || (d.Version != name && d.RevisionID != name && !byHash) {
			continue
		}
		seen[d.RevisionID] = true
		revision, err := tx.Revision(d.RevisionID)
		if err != nil {
			return nil, err
		}
		of, err := revision.Content.Groups()
		if err != nil {
			return nil, err
		}
		for _, g := range of {
			groups = append(groups, g.ID)
		}
	}
	if len(groups) == 0 {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "%s has had no revision %q: give a version, or a revision's hash, of lockstep deployments %s", env.Name, name, env.Name)
	}
	return groups, nil
}
