package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) outputCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "output ENV|DEPLOYMENT|SWITCH [STEP]",
		Short: "Show what the hooks of a deployment or a switch wrote",
		Long: `Shows what the hooks of a deployment, or of a switch, wrote, each try of them:
all of it, or, where that is too much, the beginning and the end. Of an
environment it is the newest deployment. STEP is the name of a hook or of its
step.`,
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
			id, what, err := a.hooked(cmd.Context(), c, ref)
			if err != nil {
				return err
			}
			list, err := c.Outputs(cmd.Context(), id)
			if err != nil {
				return err
			}
			what += " " + shortID(id)
			if len(rest) > 0 {
				if list, err = ofStep(list, rest[0], what); err != nil {
					return err
				}
			}
			return a.print(map[string]any{"items": list}, func(w io.Writer) { a.writeOutputs(w, list, what) })
		},
	}
	environmentFlag(cmd)
	return cmd
}

// hooked finds what ran hooks, and what it is: a switch by its ID, or the end
// of that, else a deployment.
func (a *app) hooked(ctx context.Context, c *client.Client, ref string) (id, what string, err error) {
	if len(ref) >= 4 {
		list, err := c.Switches(ctx, client.Page{Limit: 200})
		if err != nil {
			return "", "", err
		}
		for _, s := range list.Items {
			if strings.HasSuffix(s.ID, ref) {
				return s.ID, "switch", nil
			}
		}
	}
	d, err := a.deployment(ctx, c, ref)
	return d.ID, "deployment", err
}

func ofStep(list []lockstep.StepOutput, name, what string) ([]lockstep.StepOutput, error) {
	var out []lockstep.StepOutput
	var names []string
	for _, o := range list {
		switch o.Step {
		case name, "pre-hook-" + name, "post-hook-" + name, "pre-switch-hook-" + name, "post-switch-hook-" + name:
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
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "nothing of %s wrote anything", what)
	}
	return nil, lockstep.Errorf(lockstep.CodeNotFound, "no step %s of %s wrote anything: there is %s", name, what, strings.Join(names, ", "))
}

func (a *app) writeOutputs(w io.Writer, list []lockstep.StepOutput, what string) {
	if len(list) == 0 {
		line(w, "No hook of %s wrote anything.", what)
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
