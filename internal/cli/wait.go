package cli

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) pauseCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "pause ENV|DEPLOYMENT",
		Short: "Hold a running deployment before its next step",
		Long: `Lets a deployment that runs hold before its next step; what is under way ends
as it would have. Requests go where they go until lockstep resume lets it go on,
or lockstep cancel takes it back. Where a step that is under way fails, such as
the analysis of a canary, the deployment is taken back all the same. While
recreate keeps requests waiting nothing is held: it holds when they are served.`,
		Example: `lockstep pause production --reason "orders look odd"`,
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			d, err := a.deployment(cmd.Context(), c, ref, lockstep.StatusRunning, lockstep.StatusPending, lockstep.StatusPendingApproval)
			if err != nil {
				return err
			}
			if d, err = c.Pause(cmd.Context(), d.ID, reason); err != nil {
				return err
			}
			return a.print(d, func(w io.Writer) {
				line(w, "deployment %s of %s to %s holds before %s", shortID(d.ID), d.Version, d.Environment, d.Pause.Before)
				line(w, "Let it go on with: lockstep resume %s", shortID(d.ID))
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "for whoever finds it held")
	environmentFlag(cmd)
	return cmd
}

func (a *app) resumeCommand() *cobra.Command {
	var comment string
	var noWait bool
	cmd := &cobra.Command{
		Use:   "resume ENV|DEPLOYMENT",
		Short: "End the pause of a deployment, and watch it",
		Long: `Lets a deployment go on that pauses: early, where its recipe says for how long;
or one that lockstep pause holds. Where both is so, one word ends both.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			d, step, err := a.waiting(cmd.Context(), c, ref, lockstep.StepPause)
			if err != nil {
				return err
			}
			seq := 0
			if step != nil {
				seq = step.Seq
			}
			if d, err = c.Resume(cmd.Context(), d.ID, seq, comment); err != nil {
				return err
			}
			return a.started(cmd.Context(), c, d, noWait)
		},
	}
	cmd.Flags().StringVar(&comment, "comment", "", "kept with the step")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return at once")
	environmentFlag(cmd)
	return cmd
}

// waiting finds the deployment that waits for somebody: at a step of that
// kind, which is returned too, or else for an approval to begin.
func (a *app) waiting(ctx context.Context, c *client.Client, ref string, kind lockstep.StepKind) (lockstep.Deployment, *lockstep.Step, error) {
	d, err := a.deployment(ctx, c, ref, lockstep.StatusRunning)
	if err != nil {
		return d, nil, err
	}
	if d.Status == lockstep.StatusRunning {
		for i, s := range d.Steps {
			if s.Status == lockstep.StepRunning && s.Kind == kind {
				return d, &d.Steps[i], nil
			}
		}
	}
	if kind == lockstep.StepApprove {
		d, err = a.deployment(ctx, c, ref, lockstep.StatusPendingApproval, lockstep.StatusRunning)
	}
	return d, nil, err
}

// strategyText names the recipe too.
func strategyText(d lockstep.Deployment) string {
	if d.Recipe == nil {
		return string(d.Strategy)
	}
	return string(d.Strategy) + ": " + d.Recipe.Name
}

// waitText is what an operation waits for at a step that only a person, or
// time, ends; a nil step is none.
func waitText(op lockstep.Operation) (*lockstep.Step, string) {
	if s := op.Waiting(lockstep.StepApprove); s != nil {
		text := "waits for an approval: lockstep approve " + shortID(op.ID)
		if s.Do.Message != "" {
			text += " (" + oneLine(s.Do.Message) + ")"
		}
		return s, text + untilText(*s, "; taken back at ")
	}
	if s := op.Waiting(lockstep.StepPause); s != nil {
		return s, "pauses" + untilText(*s, " until ") + ": lockstep resume " + shortID(op.ID) + " ends it"
	}
	return nil, ""
}

func untilText(s lockstep.Step, before string) string {
	until, bounded := s.Until()
	if !bounded {
		return ""
	}
	return before + until.Local().Format("2006-01-02 15:04:05")
}

// nextAt is how to get on from a step.
func nextAt(operation string, s lockstep.Step) string {
	switch s.Kind {
	case lockstep.StepApprove:
		return "; lockstep approve " + shortID(operation)
	case lockstep.StepPause:
		return untilText(s, "; pauses until ") + "; lockstep resume " + shortID(operation)
	default:
		return ""
	}
}

// previewNote is what a step to come will wait for.
func previewNote(s lockstep.Step) string {
	note := ""
	switch s.Kind {
	case lockstep.StepApprove:
		if s.Do.Message != "" {
			note = ": " + oneLine(s.Do.Message)
		}
		if s.Do.Timeout > 0 {
			note += " (within " + brief(s.Do.Timeout.Std()) + ")"
		}
	case lockstep.StepAnalyze:
		note = " for " + brief(s.Do.Timeout.Std()) + " at least"
	default:
	}
	return note
}

// brief is 10m, not 10m0s.
func brief(d time.Duration) string {
	return strings.Replace(strings.Replace(d.String(), "m0s", "m", 1), "h0m", "h", 1)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
