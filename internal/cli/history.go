package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) historyCommand() *cobra.Command {
	var filter client.HistoryFilter
	var kind string
	var limit int
	cmd := &cobra.Command{
		Use:   "history [ENV]",
		Short: "Show what happened, the newest first",
		Long: `Who did what where, and what became of it: deployments, switches, changes of
environments and configurations, secrets that were shown, schedules, health. It
reaches as far back as the server keeps events.`,
		Example: "  lockstep history production --kind deployment",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			if flag, _ := cmd.Flags().GetString("environment"); len(args) > 0 || flag != "" {
				if filter.Environment, _, err = environmentArg(cmd, args); err != nil {
					return err
				}
			}
			filter.Kind = lockstep.HistoryKind(kind)
			list, err := c.History(cmd.Context(), filter, client.Page{Limit: limit})
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				if len(list.Items) == 0 {
					line(w, "Nothing that fits has happened.")
					return
				}
				p := a.paint(w)
				t := table{head: []string{"WHEN", "WHAT", "RESULT", "BY"}}
				for _, e := range list.Items {
					t.add(ago(time.Now(), e.At), printable(e.Text), p.result(e), dash(printable(e.Actor)))
				}
				t.write(w)
			})
		},
	}
	environmentFlag(cmd)
	cmd.Flags().StringVar(&kind, "kind", "", fmt.Sprintf("only what is about this: one of %v", lockstep.HistoryKinds()))
	cmd.Flags().StringVar(&filter.Actor, "by", "", "only what this one did, or asked for")
	cmd.Flags().IntVar(&limit, "limit", 20, "at most so many, up to 200")
	return cmd
}

func (p paint) result(e lockstep.HistoryEntry) string {
	text := string(e.Result)
	if e.Duration != nil {
		text += " in " + e.Duration.Std().Round(time.Second).String()
	}
	switch e.Result {
	case lockstep.ResultSuccess:
		return p.good(text)
	case lockstep.ResultFailed, lockstep.ResultRolledBack:
		return p.bad(text)
	case lockstep.ResultWaiting, lockstep.ResultRunning, lockstep.ResultCancelled, lockstep.ResultSkipped:
		return p.warn(text)
	}
	return dash(text)
}

func (a *app) approvalsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "approvals [ENV]",
		Short: "Show what waits for an approval, the oldest first",
		Args:  atMost(1),
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
			list, err := c.Approvals(cmd.Context(), name)
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				if len(list.Items) == 0 {
					line(w, "Nothing waits for an approval.")
					return
				}
				t := table{head: []string{"SINCE", "WHAT", "WAITS FOR", "ASKED BY", "YES", "NO"}}
				for _, one := range list.Items {
					yes, no := approvalCommands(one)
					t.add(ago(time.Now(), one.Since), printable(one.Text), printable(one.WaitsFor), printable(one.AskedBy), yes, no)
				}
				t.write(w)
			})
		},
	}
	environmentFlag(cmd)
	return cmd
}

// approvalCommands are what to type to say yes, or no.
func approvalCommands(one lockstep.Approval) (yes, no string) {
	if !one.MayApprove {
		return "not you: " + printable(one.WhyNot), "–"
	}
	return "lockstep approve " + shortID(one.OperationID), "lockstep reject " + shortID(one.OperationID)
}
