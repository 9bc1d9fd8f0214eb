package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) alertsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alerts [ENV]",
		Short: "List the alerts, or say that you take care of one",
		Long: `The alerts are rules of the matrix. One is pending while what is wrong has not
been so for long enough, fires until it is clear, and is resolved then.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			name := ""
			if flag, _ := cmd.Flags().GetString("environment"); len(args) > 0 || flag != "" {
				if name, _, err = environmentArg(cmd, args); err != nil {
					return err
				}
			}
			all, err := c.Alerts(cmd.Context(), name)
			if err != nil {
				return err
			}
			return a.print(map[string]any{"items": all}, func(w io.Writer) {
				if len(all) == 0 {
					line(w, "No alerts. Describe them in the matrix, under `alerts` of an environment.")
					return
				}
				p := a.paint(w)
				t := table{head: []string{"", "ENVIRONMENT", "ALERT", "STATE", "SINCE", "WHEN", "THEN", "TAKEN BY"}}
				for _, one := range all {
					t.add(p.alertMark(one.State), one.Environment, one.Name, string(one.State), age(time.Now(), one.Since), one.When, dash(one.Summary), dash(takenBy(one)))
				}
				t.write(w)
			})
		},
	}
	environmentFlag(cmd)
	cmd.AddCommand(a.alertsAckCommand())
	return cmd
}

func (a *app) alertsAckCommand() *cobra.Command {
	var comment string
	cmd := &cobra.Command{
		Use:     "ack ENV ALERT",
		Short:   "Say that you take care of an alert that fires",
		Example: "  lockstep alerts ack production unwell --comment 'the database moves'",
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			one, err := c.AcknowledgeAlert(cmd.Context(), args[0], args[1], comment)
			if err != nil {
				return err
			}
			return a.print(one, func(w io.Writer) { line(w, "%s of %s is yours.", one.Name, one.Environment) })
		},
	}
	cmd.Flags().StringVar(&comment, "comment", "", "what you do about it")
	return cmd
}

func takenBy(a lockstep.Alert) string {
	if a.Comment != "" {
		return printable(fmt.Sprintf("%s: %s", a.AcknowledgedBy, strings.ReplaceAll(a.Comment, "\n", " ")))
	}
	return a.AcknowledgedBy
}

func (p paint) alertMark(s lockstep.AlertState) string {
	switch s {
	case lockstep.AlertOK:
		return p.good("●")
	case lockstep.AlertPending:
		return p.warn("◐")
	case lockstep.AlertFiring:
		return p.bad("✗")
	case lockstep.AlertResolved:
	}
	return p.dim("○")
}

// alertText is an alert that wants attention, in a status.
func (p paint) alertText(a lockstep.Alert, now time.Time) string {
	text := fmt.Sprintf("%s since %s: %s", a.Name, age(now, a.Since), a.When)
	if a.Summary != "" {
		text += " (" + a.Summary + ")"
	}
	if a.State == lockstep.AlertPending {
		return p.warn("alert is pending:") + " " + text
	}
	if a.AcknowledgedBy != "" {
		text += "; " + takenBy(a) + " takes care of it"
	}
	return p.bad("alert fires:") + " " + text
}
