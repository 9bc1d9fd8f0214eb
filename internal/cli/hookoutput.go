package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) outputCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "output ENV|DEPLOYMENT [STEP]",
		Short: "Show what the hooks of a deployment wrote",
		Long: `Shows what the hooks of a deployment wrote, each try of them: all of it, or,
where that is too much, the beginning and the end. Of an environment it is the
newest deployment. STEP is the name of a hook or of its step.`,
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, rest, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			d, err := a.deployment(cmd.Context(), c, ref)
			if err != nil {
				return err
			}
			list, err := c.Outputs(cmd.Context(), d.ID)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				if list, err = ofStep(list, rest[0], d); err != nil {
					return err
				}
			}
			return a.print(map[string]any{"items": list}, func(w io.Writer) { a.writeOutputs(w, list, d) })
		},
	}
	environmentFlag(cmd)
	return cmd
}

func ofStep(list []lockstep.StepOutput, name string, d lockstep.Deployment) ([]lockstep.StepOutput, error) {
	var out []lockstep.StepOutput
	var names []string
	for _, o := range list {
		switch o.Step {
		case name, "pre-hook-" + name, "post-hook-" + name:
			out = append(out, o)
		}
		if len(names) == 0 || names[len(names)-1] != o.Step {
			names = append(names, o.Step)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	if len(names) == 0 {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "nothing of deployment %s wrote anything", shortID(d.ID))
	}
	return nil, lockstep.Errorf(lockstep.CodeNotFound, "no step %s of deployment %s wrote anything: there is %s", name, shortID(d.ID), strings.Join(names, ", "))
}

func (a *app) writeOutputs(w io.Writer, list []lockstep.StepOutput, d lockstep.Deployment) {
	if len(list) == 0 {
		line(w, "No hook of deployment %s wrote anything.", shortID(d.ID))
		return
	}
	p := a.paint(w)
	for i, o := range list {
		if i > 0 {
			line(w, "")
		}
		title := o.Step
		if tries := o.Try > 1 || i+1 < len(list) && list[i+1].Seq == o.Seq; tries {
			title += fmt.Sprintf(", try %d", o.Try)
		}
		line(w, "%s", p.blue(title))
		for text := range strings.Lines(printable(o.Text)) {
			line(w, "  %s", strings.TrimRight(text, "\n"))
		}
	}
}
