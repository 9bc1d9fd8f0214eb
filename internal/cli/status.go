package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) statusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status ENV",
		Short: "Show an environment as it is now: health, instances, traffic, queue",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			s, err := c.Status(cmd.Context(), name)
			if err != nil {
				return err
			}
			return a.print(s, func(w io.Writer) {
				open := openDeployments(cmd.Context(), c, s.Operations)
				a.writeStatus(w, s, open, tried(cmd.Context(), c, s.ID))
			})
		},
	}
	environmentFlag(cmd)
	return cmd
}

// openShown is how many operations of a queue are looked up for their version.
const openShown = 5

// openDeployments are the deployments of a queue, as far as the server says.
func openDeployments(ctx context.Context, c *client.Client, ops []lockstep.Operation) map[string]lockstep.Deployment {
	found := map[string]lockstep.Deployment{}
	for _, op := range ops[:min(openShown, len(ops))] {
		if op.Kind != lockstep.OperationDeploy {
			continue
		}
		if d, err := c.Deployment(ctx, op.ID); err == nil {
			found[op.ID] = d
		}
	}
	return found
}

func (a *app) writeStatus(w io.Writer, s lockstep.StatusReport, open map[string]lockstep.Deployment, tried *lockstep.Deployment) {
	p := a.paint(w)
	line(w, "%s %s  %s, %s", p.mark(s.Status), s.Name, s.Type, s.Status)
	var runs, last, warm, edge string
	if s.Revision != nil {
		runs = fmt.Sprintf("%s (revision %s, config %d)", s.Revision.Content.Release, lockstep.ShortHash(s.Revision.Hash), s.RunningConfig)
	}
	if s.StoppedAt != nil {
		runs = fmt.Sprintf("nothing: stopped %s; lockstep start %s", ago(time.Now(), *s.StoppedAt), s.Name)
	}
	if d := s.LastDeployment; d != nil {
		last = fmt.Sprintf("%s, %s by %s", d.Version, ago(time.Now(), d.DeployedAt), d.DeployedBy)
	}
	if s.Warm != nil {
		warm = s.Warm.Content.Release + " stays up for an instant rollback"
		if s.UnreachableHost != "" {
			warm = s.Warm.Content.Release + " was kept for an instant rollback; whether it is up is unknown"
		}
	}
	if e := s.Edge; e != nil && e.Held+e.Shed > 0 {
		edge = fmt.Sprintf("%d requests held and answered, %d shed", e.Held, e.Shed)
	}
	facts := []string{
		"  health", p.health(s.Health), "  score", scoreText(s.Health), "  runs", dash(runs), "  warm", warm, "  last", last, "  tried", triedText(p, tried), "  edge", edge, "  unknown", s.UnreachableHost,
	}
	facts = append(facts, dayFacts(p, s.Metrics)...)
	if m := s.Monitoring; m != nil && m.Watched > 0 {
		facts = append(facts, "  watched", p.monitoringText(*m, time.Now()))
	}
	for i, address := range s.Addresses {
		name := "  address"
		if i > 0 {
			name = ""
		}
		facts = append(facts, name, address)
	}
	for i, c := range s.Certificates {
		name := "  https"
		if i > 0 {
			name = ""
		}
		facts = append(facts, name, p.certificate(c))
	}
	if t := s.Takeover; t != nil && s.Type == lockstep.TypeProduction {
		facts = append(facts, "  live", takeoverText(p, *t))
	}
	if m := s.Maintenance; m != nil {
		facts = append(facts, "  maintenance", maintenanceText(*m))
	}
	pairs(w, facts...)
	writeServices(w, p, s.Services)
	if len(s.Alerts)+len(s.Quarantined)+len(s.NotDeployed)+len(s.Operations) > 0 || s.Automation != nil {
		line(w, "")
	}
	for _, one := range s.Alerts {
		paragraph(w, "  "+p.alertText(one, time.Now()))
	}
	for _, q := range s.Quarantined {
		paragraph(w, "  "+p.warn("quarantined:")+" "+q.String()+"; it comes back only with a --reason")
	}
	for _, what := range s.NotDeployed {
		paragraph(w, "  "+p.warn("not deployed:")+" "+what)
	}
	if a := s.Automation; a != nil {
		paragraph(w, "  "+p.warn("automation:")+" waits with "+a.Version+": "+a.Reason)
	}
	for _, op := range s.Operations {
		paragraph(w, "  "+operationText(p, op, open))
	}
}

// dayFacts are the last 24 hours in short; lockstep metrics has the rest.
func dayFacts(p paint, m *lockstep.EnvironmentMetrics) []string {
	if m == nil || m.Covered == 0 {
		return nil
	}
	t := m.Total
	day := fmt.Sprintf("%s in 24 hours, %s failed, p95 %s, %s", requestsText(t.Requests), percentText(100*t.ErrorRate), latencyText(t.Latency.P95), usersText(t.ActiveUsers))
	if t.Restarts > 0 {
		day += ", " + p.warn(count(int(t.Restarts), "restart"))
	}
	return []string{"  day", day, "  logs", logsText(m.Logs)}
}

func maintenanceText(m lockstep.Maintenance) string {
	text := "requests are answered 503"
	if m.Message != "" {
		text += ": " + m.Message
	}
	if m.Until != nil {
		text += " (until " + m.Until.Local().Format("2006-01-02 15:04") + ")"
	}
	return text
}

func writeServices(w io.Writer, p paint, services []lockstep.ServiceStatus) {
	var t table
	for _, svc := range services {
		if !svc.Enabled && len(svc.Instances) == 0 {
			t.add("  "+svc.Name, string(svc.Type), p.warn("disabled"))
			continue
		}
		if !svc.Managed {
			t.add("  "+svc.Name, string(svc.Type), p.dim("unmanaged: shown, not checked"))
			continue
		}
		if svc.Health != nil {
			t.add("  "+svc.Name, string(svc.Type), p.dependencyText(*svc.Health))
			continue
		}
		ready := fmt.Sprintf("%d/%d ready", svc.Ready, svc.Desired)
		if svc.Ready < svc.Desired {
			ready = p.bad(ready)
		}
		if !svc.Enabled { // by an operation that has not begun to tell, or one that failed
			ready = p.warn("disabled") + ", " + ready
		}
		t.add("  "+svc.Name, string(svc.Type), ready)
		for _, i := range svc.Instances {
			t.add("    "+p.dim(i.ID), p.instance(i.State), p.dim(instanceNote(i)))
		}
	}
	if len(t.rows) > 0 {
		line(w, "")
		t.write(w)
	}
}

// operationText is one entry of the queue, and how to get on with it.
func operationText(p paint, op lockstep.Operation, open map[string]lockstep.Deployment) string {
	what, next := operationTitle(op), ""
	if op.Switch != nil {
		what = switchTitle(*op.Switch)
	}
	if d, ok := open[op.ID]; ok {
		what = fmt.Sprintf("deploy %s (%s)", d.Version, strategyText(d))
		if d.PromotedFrom != nil {
			what = fmt.Sprintf("promote %s from %s (%s)", d.Version, d.PromotedFrom.Environment, strategyText(d))
		}
		if d.Reason != "" {
			what += fmt.Sprintf(", because %q", d.Reason)
		}
		for _, s := range d.Steps {
			if s.Status == lockstep.StepRunning {
				what += ", at " + s.Name
				next = nextAt(op.ID, s)
			}
		}
	}
	if still := standstill(op); still != "" {
		next += "; " + still
	}
	text := fmt.Sprintf("%s  %s: %s, asked for %s by %s", outcome(p, op.Status), what, shortID(op.ID), ago(time.Now(), op.CreatedAt), op.CreatedBy)
	if now := time.Now(); op.Later(now) {
		text += "; starts " + when(now, *op.ScheduledFor)
	}
	if op.Status == lockstep.StatusPendingApproval {
		next = "; lockstep approve " + shortID(op.ID)
	}
	return text + next
}

func (p paint) health(h lockstep.HealthSummary) string {
	text := healthText(h)
	switch h.Status {
	case lockstep.WellDegraded, lockstep.WellUnknown:
		return p.warn(text)
	case lockstep.WellUnhealthy, lockstep.WellDown:
		return p.bad(text)
	}
	return text
}

func healthText(h lockstep.HealthSummary) string {
	if h.Desired == 0 {
		return h.Status
	}
	return fmt.Sprintf("%s, %d of %s ready", h.Status, h.Ready, count(h.Desired, "instance"))
}

// scoreText is the score where it is not what the instances say.
func scoreText(h lockstep.HealthSummary) string {
	if h.Worst == "" {
		return ""
	}
	return fmt.Sprintf("%d%%, mostly for %s", h.Score, h.Worst)
}

func (p paint) instance(s lockstep.InstanceState) string {
	switch s {
	case lockstep.InstanceUnready, lockstep.InstanceBackoff:
		return p.bad(string(s))
	case lockstep.InstanceStarting, lockstep.InstanceDraining:
		return p.warn(string(s))
	case lockstep.InstanceReady, lockstep.InstanceStopped:
	}
	return string(s)
}

func instanceNote(i lockstep.Instance) string {
	var notes []string
	if i.PID != 0 {
		notes = append(notes, "pid "+strconv.Itoa(i.PID))
	}
	if i.Address != "" {
		notes = append(notes, i.Address)
	}
	if i.Restarts > 0 {
		notes = append(notes, fmt.Sprintf("%d restarts", i.Restarts))
	}
	if i.Reason != "" {
		notes = append(notes, i.Reason)
	}
	return strings.Join(notes, ", ")
}
