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

func (a *app) deploymentsCommand() *cobra.Command {
	var status string
	var limit int
	cmd := &cobra.Command{
		Use:   "deployments [ENV]",
		Short: "List deployments, newest first",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			filter := client.DeploymentFilter{Status: lockstep.OperationStatus(status)}
			if flag, _ := cmd.Flags().GetString("environment"); len(args) > 0 || flag != "" {
				filter.Environment = first(flag, append(args, "")[0])
			}
			list, err := c.Deployments(cmd.Context(), filter, client.Page{Limit: limit})
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) { a.writeDeployments(w, list.Items) })
		},
	}
	cmd.Flags().StringVar(&status, "status", "", "only these: pending, running, completed, failed, …")
	cmd.Flags().IntVar(&limit, "limit", 20, "how many")
	environmentFlag(cmd)
	return cmd
}

func (a *app) writeDeployments(w io.Writer, items []lockstep.Deployment) {
	if len(items) == 0 {
		line(w, "No deployments: lockstep deploy ENV VERSION")
		return
	}
	p := a.paint(w)
	t := table{head: []string{"ID", "ENVIRONMENT", "VERSION", "STRATEGY", "STATUS", "TOOK", "AGE", "BY", "NOTE"}}
	for _, d := range items {
		duration := "–"
		if d.Duration != nil {
			duration = took(d.Duration.Std())
		}
		t.add(shortID(d.ID), d.Environment, d.Version, strategyText(d), outcome(p, d.Status), duration, age(time.Now(), d.CreatedAt), d.StartedBy, deploymentNote(d))
	}
	t.write(w)
}

// deploymentNote is why it ended as it did, or else why it was asked for.
func deploymentNote(d lockstep.Deployment) string {
	if by := takenBack(d); by != "" {
		return by
	}
	if d.Error != nil {
		note, _, _ := strings.Cut(d.Error.Message, "\n")
		if d.Error.Step != "" {
			note = d.Error.Step + ": " + note
		}
		return note
	}
	var notes []string
	if later(d, time.Now()) {
		notes = append(notes, "starts "+when(time.Now(), *d.ScheduledFor))
	}
	switch {
	case d.RollbackOf != "":
		notes = append(notes, "takes "+shortID(d.RollbackOf)+" back")
	case d.PromotedFrom != nil:
		notes = append(notes, "promoted from "+d.PromotedFrom.Environment)
	}
	for _, words := range []string{d.Description, d.Reason} {
		if words != "" {
			notes = append(notes, words)
		}
	}
	return strings.Join(notes, ": ")
}

// takenBack says by which later deployment one was taken back, and why; ""
// where none did.
func takenBack(d lockstep.Deployment) string {
	if d.Rollback == nil || d.Rollback.Automatic {
		return ""
	}
	return "taken back by " + shortID(d.Rollback.DeploymentID) + ": " + d.Rollback.Reason
}

func outcome(p paint, s lockstep.OperationStatus) string {
	word := statusWord(s)
	switch s {
	case lockstep.StatusCompleted:
		return p.good("✓ " + word)
	case lockstep.StatusFailed:
		return p.bad("✗ " + word)
	case lockstep.StatusRolledBack:
		return p.warn("↶ " + word)
	case lockstep.StatusCancelled:
		return p.dim("– " + word)
	case lockstep.StatusRunning:
		return p.blue("◐ " + word)
	case lockstep.StatusPending, lockstep.StatusPendingApproval:
		return "○ " + word
	}
	return fmt.Sprint(s)
}
