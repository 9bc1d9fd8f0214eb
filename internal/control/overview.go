package control

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// overviewRecent is how much of the history an overview has.
const overviewRecent = 10

// Overview is a project at a glance. It takes as many queries, and asks the
// host as often, for a thousand environments as for two.
func (c *Control) Overview(ctx context.Context, by By, projectName string) (lockstep.Overview, error) {
	var environments []lockstep.Environment
	out, err := view(ctx, c, func(tx Tx) (out lockstep.Overview, err error) {
		p, err := project(tx, projectName)
		if err != nil {
			return out, err
		}
		if environments, err = tx.Environments(p.ID); err != nil {
			return out, err
		}
		return c.glance(tx, by, p, environments)
	})
	if err != nil {
		return out, err
	}
	c.addNow(ctx, &out, environments)
	pipelineFirst(out.Environments)
	return out, nil
}

// glance is what is stored.
func (c *Control) glance(tx Tx, by By, p lockstep.Project, environments []lockstep.Environment) (lockstep.Overview, error) {
	out := lockstep.Overview{
		ProjectID: p.ID, Project: p.Name, At: c.now(), Pipeline: append([]string{}, p.Pipeline...),
		Live: lockstep.LivePointer{Host: lockstep.LiveHost(p.Name), EnvironmentID: p.CurrentID, Epoch: p.CurrentEpoch, Since: p.CurrentSince, By: p.CurrentBy, Adrift: p.AdriftID != ""},
	}
	if err := behind(tx, p, environments); err != nil {
		return out, err
	}
	if err := c.wellness(tx, environments); err != nil {
		return out, err
	}
	open, err := tx.ProjectOperations(p.ID)
	if err != nil {
		return out, err
	}
	steps, err := tx.RunningSteps(p.ID)
	if err != nil {
		return out, err
	}
	if out.Approvals, err = c.approvals(tx, by, p, open, steps); err != nil {
		return out, err
	}
	last, err := c.lastActivity(tx, p.ID)
	if err != nil {
		return out, err
	}
	alerts, err := tx.Alerts(p.ID, "")
	if err != nil {
		return out, err
	}
	recent, _, err := tx.History(lockstep.HistoryFilter{ProjectID: p.ID, Types: highlights}, lockstep.Page{Limit: overviewRecent})
	if err != nil {
		return out, err
	}
	if out.Recent, err = c.tell(tx, p.ID, recent); err != nil {
		return out, err
	}
	running := underWay(open, steps)
	if err := c.addCardWaits(tx, p.ID, open, steps, running); err != nil {
		return out, err
	}
	out.Environments = make([]lockstep.EnvironmentCard, 0, len(environments))
	for _, env := range environments {
		card := cardOf(p, env)
		card.Operation = running[env.ID]
		if e, ok := last[env.ID]; ok {
			card.LastActivity = &e
		}
		out.Environments = append(out.Environments, card)
	}
	count(&out, open, alerts, c)
	return out, nil
}

func (c *Control) lastActivity(tx Tx, projectID string) (map[string]lockstep.HistoryEntry, error) {
	last, err := tx.LastEvents(projectID, highlights)
	if err != nil {
		return nil, err
	}
	events := make([]lockstep.Event, 0, len(last))
	for _, e := range last {
		events = append(events, e)
	}
	entries, err := c.tell(tx, projectID, events)
	out := make(map[string]lockstep.HistoryEntry, len(entries))
	for _, e := range entries {
		e.Data = nil // a card shows the sentence
		out[e.EnvironmentID] = e
	}
	return out, err
}

// count fills in what is counted, in all and for each environment.
func count(out *lockstep.Overview, open []lockstep.Operation, alerts []lockstep.Alert, c *Control) {
	out.Counts = lockstep.OverviewCounts{Environments: len(out.Environments), Approvals: len(out.Approvals)}
	firing, waiting := map[string]int{}, map[string]int{}
	for _, a := range alerts {
		if a.State == lockstep.AlertFiring {
			firing[a.EnvironmentID]++
			out.Counts.Alerts++
		}
	}
	for _, a := range out.Approvals {
		waiting[a.EnvironmentID]++
	}
	now := c.now()
	for _, o := range open {
		if o.Kind == lockstep.OperationDeploy && o.Later(now) {
			out.Counts.Scheduled++
		}
	}
	for i := range out.Environments {
		e := &out.Environments[i]
		e.Alerts, e.Approvals = firing[e.ID], waiting[e.ID]
		if e.Current {
			out.Live.Environment = e.Name
		}
		switch {
		case e.Status == lockstep.EnvironmentActive:
			out.Counts.Active++
		case e.Status == lockstep.EnvironmentDeploying:
			out.Counts.Deploying++
		}
		if e.Status == lockstep.EnvironmentFailed || e.Health != nil && e.Health.Score < 100 {
			out.Counts.Unwell++
		}
	}
}

// addNow adds what the host sees at this moment, where it can be asked.
func (c *Control) addNow(ctx context.Context, out *lockstep.Overview, environments []lockstep.Environment) {
	ctx, cancel := context.WithTimeout(ctx, observeTimeout)
	defer cancel()
	usage, err := c.meter.Usage(ctx, "")
	if err != nil {
		out.Unknown = unreachable(err)
	}
	for i, env := range environments {
		card := &out.Environments[i]
		card.Traffic = []lockstep.TrafficShare{}
		if card.Unknown = c.elsewhere(env); card.Unknown != "" || err != nil {
			continue
		}
		if u, ok := usage[env.ID]; ok {
			at := now(u)
			card.Traffic = append(card.Traffic, u.Traffic...)
			card.Requests, card.Errors, card.ActiveUsers = at.Requests, at.Errors, at.Clients
		}
	}
}

// underWay is what is being done to each environment, or waits first.
func underWay(open []lockstep.Operation, steps map[string][]lockstep.Step) map[string]*lockstep.RunningOperation {
	out := map[string]*lockstep.RunningOperation{}
	for _, o := range open {
		if _, ok := out[o.EnvironmentID]; ok && o.Status != lockstep.StatusRunning {
			continue
		}
		r := &lockstep.RunningOperation{ID: o.ID, Kind: o.Kind, Status: o.Status, Since: o.CreatedAt}
		if o.StartedAt != nil {
			r.Since = *o.StartedAt
		}
		for _, s := range steps[o.ID] {
			r.Step = s.Name
		}
		if o.Pause != nil && o.Pause.HeldSince != nil {
			r.Pause, r.Step = o.Pause, o.Pause.Before
		}
		out[o.EnvironmentID] = r
	}
	return out
}

func cardOf(p lockstep.Project, env lockstep.Environment) lockstep.EnvironmentCard {
	regions, _ := env.Spec.Recorded["regions"].(map[string]any)
	secondary, _ := regions["secondary"].(string)
	card := lockstep.EnvironmentCard{
		ID: env.ID, Name: env.Name, Type: env.Type, Status: env.Status, Description: env.Description, Tags: env.Metadata.Tags,
		Stage: slices.Index(p.Pipeline, env.Name) + 1, Region: env.Spec.Region, SecondaryRegion: secondary, Parent: env.Spec.Parent,
		Current: p.CurrentID == env.ID, RevisionID: env.ActiveID, WarmRevisionID: env.WarmID, WarmUntil: env.WarmUntil,
		StoppedAt: env.StoppedAt, Maintenance: env.Status == lockstep.EnvironmentMaintenance, ApprovalRequired: env.Spec.ApprovalRequired,
		Health: env.Health, Behind: env.Behind, LastDeployment: env.Metadata.LastDeployment,
	}
	if env.ActiveID != "" {
		card.Version = env.Metadata.Version
	}
	card.Role = roleOf(card)
	return card
}

// taggedRoles are the roles that only a person knows.
var taggedRoles = map[string]lockstep.EnvironmentRole{
	"role=disaster-recovery": lockstep.RoleDisasterRecovery, "role=edge": lockstep.RoleEdge, "role=ephemeral": lockstep.RoleEphemeral,
}

func roleOf(card lockstep.EnvironmentCard) lockstep.EnvironmentRole {
	if card.Current {
		return lockstep.RoleLive
	}
	for _, tag := range card.Tags {
		if role, ok := taggedRoles[tag]; ok {
			return role
		}
	}
	switch {
	case card.Type == lockstep.TypePreview:
		return lockstep.RoleEphemeral
	case card.Stage > 0:
		return lockstep.RoleStage
	case card.Type == lockstep.TypeProduction:
		return lockstep.RoleStandby
	}
	return lockstep.RoleOther
}

// pipelineFirst puts stages in the order in which releases go through them,
// and the others behind them, by name.
func pipelineFirst(cards []lockstep.EnvironmentCard) {
	slices.SortStableFunc(cards, func(a, b lockstep.EnvironmentCard) int {
		if (a.Stage == 0) != (b.Stage == 0) {
			return cmp.Compare(b.Stage, a.Stage)
		}
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), strings.Compare(a.Name, b.Name))
	})
}
