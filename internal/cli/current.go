package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) currentCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "current",
		Short: "Show where the project's live address leads, and who could take it over",
		Long: `Beside the current environment, its epoch and who made it so, this says of every
other one that something was deployed to whether lockstep switch would be let in
at this moment, and if not, why. The epoch grows with each change.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			if _, err := c.Current(cmd.Context()); err != nil {
				return err
			}
			live, err := c.Live(cmd.Context())
			if err != nil {
				return err
			}
			return a.print(live, func(w io.Writer) { a.writeLive(w, live) })
		},
	}
}

func (a *app) writeLive(w io.Writer, l lockstep.Live) {
	if l.Environment != nil { // somebody may have destroyed it meanwhile
		line(w, "%s (%s)", l.Environment.Name, dash(l.Environment.Metadata.Version))
	}
	p, since := a.paint(w), ""
	if l.Since != nil {
		since = ago(time.Now(), *l.Since) + " by " + dash(l.By)
	}
	under := ""
	if s := l.Switching; s != nil {
		under = fmt.Sprintf("to %s, asked for by %s: %s", s.To, s.StartedBy, shortID(s.ID))
	}
	pairs(w, "  address", l.Host, "  epoch", fmt.Sprint(l.Epoch), "  since", since, "  switching", under)
	for _, s := range l.Waiting {
		paragraph(w, fmt.Sprintf("  %s to %s (%s), asked for %s by %s: lockstep approve %s", p.warn("waits for approval:"), s.To, dash(s.Version), ago(time.Now(), s.StartedAt), s.StartedBy, shortID(s.ID)))
	}
	if l.Adrift {
		where := first(l.AdriftTo, "elsewhere")
		paragraph(w, "  "+p.bad("adrift:")+" a switch failed after the move and could not be taken back, so that the address may lead to "+where+"; lockstep switch to where it shall lead, also to the current environment")
	}
	if len(l.Others) == 0 {
		return
	}
	line(w, "")
	var t table
	for _, o := range l.Others {
		mark, text := p.good("✓"), "could take over now: lockstep switch "+o.Environment
		if len(o.Disabled) > 0 {
			text += ", where " + strings.Join(o.Disabled, ", ") + " would be switched off"
		}
		if o.NeedsApproval {
			text += " (waits for an approval)"
		}
		if !o.Ready {
			mark, text = p.bad("✗"), strings.Join(o.Reasons, "; ")
		}
		t.add("  "+mark, o.Environment, dash(o.Version), text)
	}
	t.write(w)
}

// takeoverText is what the status of an environment says of the address that
// another one has.
func takeoverText(p paint, t lockstep.Takeover) string {
	if t.Ready {
		return "another environment has the live address; this one could take over: lockstep switch " + t.Environment
	}
	return p.warn("cannot take over:") + " " + strings.Join(t.Reasons, "; ")
}
