package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) scheduleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schedule",
		Short: "Deployments at a time, and by a rule",
		Long: `Deployments that wait for their time (lockstep deploy --at), and schedules:
rules of cron by which deployments are made.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.scheduleListCommand(), a.scheduleChangeCommand(), a.scheduleCancelCommand(),
		a.scheduleCreateCommand(), a.scheduleShowCommand(), a.schedulePauseCommand(), a.scheduleResumeCommand(), a.scheduleDeleteCommand())
	return cmd
}

func (a *app) scheduleCancelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cancel DEPLOYMENT",
		Short: "Cancel a deployment that waits for its time",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			d, err := a.awaitingTime(cmd, c, ref)
			if err != nil {
				return err
			}
			if d, err = c.CancelDeployment(cmd.Context(), d.ID); err != nil {
				return err
			}
			return a.print(d, func(w io.Writer) { line(w, "deployment %s is %s", shortID(d.ID), statusWord(d.Status)) })
		},
	}
	environmentFlag(cmd)
	return cmd
}

// awaitingTime finds a deployment that waits for its time: by its ID, the end of
// that, or as the next one of its environment.
func (a *app) awaitingTime(cmd *cobra.Command, c *client.Client, ref string) (lockstep.Deployment, error) {
	list, err := c.ScheduledDeployments(cmd.Context(), "")
	if err != nil {
		return lockstep.Deployment{}, err
	}
	for _, d := range list {
		if d.Environment == ref || d.ID == ref || len(ref) >= 4 && strings.HasSuffix(d.ID, ref) {
			return d.Deployment, nil
		}
	}
	return lockstep.Deployment{}, lockstep.Errorf(lockstep.CodeNotFound, "no deployment that waits for its time is called %q: lockstep schedule list shows them", ref)
}

func (a *app) scheduleListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list [ENV]",
		Short: "List what waits for its time, and schedules",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			environment := append(args, "")[0]
			list, err := c.ScheduledDeployments(cmd.Context(), environment)
			if err != nil {
				return err
			}
			rules, err := c.Schedules(cmd.Context(), environment)
			if err != nil {
				return err
			}
			return a.print(map[string]any{"deployments": list, "schedules": rules}, func(w io.Writer) {
				a.writeScheduled(w, list)
				line(w, "")
				a.writeSchedules(w, rules)
			})
		},
	}
}

func (a *app) writeScheduled(w io.Writer, list []client.ScheduledDeployment) {
	if len(list) == 0 {
		line(w, "No deployment waits for its time: lockstep deploy ENV VERSION --at TIME")
		return
	}
	now := time.Now()
	t := table{head: []string{"ID", "WHAT", "STARTS", "STRATEGY", "APPROVAL", "DOWNTIME", "ROLLBACK", "BY"}}
	for _, d := range list {
		t.add(shortID(d.ID), fmt.Sprintf("%s to %s", d.Version, d.Environment), when(now, *d.ScheduledFor), string(d.Strategy),
			approvalText(d.Deployment), downtimeText(d.EstimatedDowntime), d.RollbackPlan, d.StartedBy)
	}
	t.write(w)
}

func approvalText(d lockstep.Deployment) string {
	switch {
	case d.Status == lockstep.StatusPendingApproval:
		return "missing"
	case d.ApprovedBy != "":
		return "by " + d.ApprovedBy
	}
	return "none needed"
}

func downtimeText(d *lockstep.Duration) string {
	switch {
	case d == nil:
		return "unknown"
	case *d == 0:
		return "none"
	}
	return "about " + took(d.Std())
}
