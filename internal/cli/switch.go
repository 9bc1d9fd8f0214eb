package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) switchCommand() *cobra.Command {
	var o asked
	var req lockstep.EnvironmentSwitchOptions
	var epoch int64
	cmd := &cobra.Command{
		Use:   "switch ENV",
		Short: "Lead the project's live address to another environment",
		Long: `The target has to be active and all of its services ready; it is verified
through its own address first. Then new requests to the live address go to it,
all at once, and the live address is verified. What was in flight goes on where
it is, and the environment before stays up. Where a step after the move fails,
traffic goes back.

The target's hooks of stages pre-switch and post-switch run right before the
move and after it. Where the matrix asks for an approval of switches to the
target, the switch waits for lockstep approve, and holds nothing meanwhile.

With --drill all of that but hooks and approval is rehearsed under an address
that nobody knows: no user is moved, and nothing is left behind.

Of several who switch at once one is let in. What was seen before the question
has to hold still when it is answered; --epoch and --if-current say so in
scripts (lockstep current shows both).`,
		Example: "  lockstep switch standby\n  lockstep switch standby --drill\n  lockstep switch blue --yes --if-current green --reason 'green loses orders'",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			env, err := c.Environment(cmd.Context(), name)
			if err != nil {
				return err
			}
			live, err := c.Live(cmd.Context())
			if err != nil {
				return err
			}
			req.TargetEnvironmentID, req.Epoch = env.ID, &live.Epoch
			if cmd.Flags().Changed("epoch") {
				req.Epoch = &epoch
			}
			if !o.yes && !o.dryRun && !req.Drill {
				if err := a.confirm(switchQuestion(live, env)); err != nil {
					return err
				}
			}
			op, err := c.Switch(cmd.Context(), req, o.options())
			if err != nil || o.dryRun || o.noWait {
				return a.operated(cmd.Context(), c, env, op, o, err)
			}
			return a.follow(cmd.Context(), c, a.followedSwitch(cmd.Context(), c, op))
		},
	}
	cmd.Flags().BoolVar(&req.Drill, "drill", false, "rehearse it: move nobody, leave nothing behind")
	cmd.Flags().StringVar(&req.IfCurrent, "if-current", "", "only if this environment is current")
	cmd.Flags().Int64Var(&epoch, "epoch", 0, "only if the epoch is this one (default: the one that is seen now)")
	cmd.Flags().StringVar(&req.Reason, "reason", "", "why, for the record")
	o.flags(cmd)
	o.confirmFlag(cmd)
	return cmd
}

func switchQuestion(live lockstep.Live, to lockstep.Environment) string {
	from := "nowhere"
	if live.Environment != nil {
		from = fmt.Sprintf("%s (%s)", live.Environment.Name, dash(live.Environment.Metadata.Version))
	}
	question := fmt.Sprintf("Lead %s from %s to %s (%s)?", live.Host, from, to.Name, dash(to.Metadata.Version))
	if len(to.Disabled) > 0 {
		question += " Disabled there: " + strings.Join(to.Disabled, ", ") + "."
	}
	return question
}

func switchTitle(s lockstep.Switch) string {
	from := ""
	if s.From != "" {
		from = "from " + s.From + " "
	}
	title := "switch " + from + "to " + s.To
	if s.Drill {
		return "drill: " + title
	}
	return title
}

// afterSwitch says where users are now, which somebody who saw a switch fail
// has to know first.
func (a *app) afterSwitch(ctx context.Context, c *client.Client, op lockstep.Operation) {
	live, err := c.Live(ctx)
	if err != nil {
		return
	}
	r := op.SwitchResult()
	if r.Rollback != nil && r.Rollback.Error != "" {
		paragraph(a.Out, "  taking it back failed, too: "+r.Rollback.Error)
	}
	to := "nowhere"
	if live.Environment != nil {
		to = fmt.Sprintf("%s (%s)", live.Environment.Name, dash(live.Environment.Metadata.Version))
	}
	text := fmt.Sprintf("  %s leads to %s, epoch %d", live.Host, to, live.Epoch)
	if op.Switch.Drill {
		text += ", as before"
		if op.Status == lockstep.StatusCompleted {
			text += fmt.Sprintf("; lockstep switch %s would move it", op.Switch.To)
		}
	}
	paragraph(a.Out, text)
}

func (a *app) switchesCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "switches",
		Short: "List switches of the live address, newest first",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			list, err := c.Switches(cmd.Context(), client.Page{Limit: limit})
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) { a.writeSwitches(w, list.Items) })
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "how many")
	return cmd
}

func (a *app) writeSwitches(w io.Writer, items []lockstep.SwitchResult) {
	if len(items) == 0 {
		line(w, "The live address was never switched: lockstep switch ENV")
		return
	}
	p := a.paint(w)
	t := table{head: []string{"ID", "FROM", "TO", "STATUS", "TOOK", "AGE", "BY", "NOTE"}}
	for _, r := range items {
		duration, note := "–", r.Reason
		if r.CompletedAt != nil {
			duration = took(r.Duration.Std())
		}
		if r.Drill {
			if note = "drill"; r.Reason != "" {
				note += ": " + r.Reason
			}
		}
		if r.ApprovedBy != "" {
			note = strings.TrimPrefix(note+"; approved by "+r.ApprovedBy, "; ")
		}
		if r.Status == lockstep.SwitchCancelled && r.Error != "" {
			note = strings.TrimPrefix(note+"; "+r.Error, "; ")
		}
		t.add(shortID(r.ID), dash(r.From), r.To, outcome(p, lockstep.OperationStatus(r.Status)), duration, age(time.Now(), r.StartedAt), r.StartedBy, note)
	}
	t.write(w)
}
