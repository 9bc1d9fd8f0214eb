package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) releaseDiffCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "diff FROM TO",
		Short:   "Show in what a release differs from another one",
		Example: "  lockstep release diff 2.0.0 2.1.0",
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			d, err := c.DiffReleases(cmd.Context(), args[1], args[0])
			if err != nil {
				return err
			}
			return a.print(d, func(w io.Writer) {
				p := a.paint(w)
				for _, s := range d.Services {
					switch s.Change {
					case lockstep.ServiceAdded:
						line(w, "%s %s", p.good("+"), s.Name)
					case lockstep.ServiceRemoved:
						line(w, "%s %s", p.bad("-"), s.Name)
					case lockstep.ServiceChanged:
						line(w, "%s %s", p.warn("~"), s.Name)
					case lockstep.ServiceSame:
						line(w, "= %s", s.Name)
					}
					for _, change := range s.Changes {
						line(w, "    %s: %s → %s", change.Path, printable(fieldText(change.OldValue)), printable(fieldText(change.NewValue)))
					}
				}
				for _, r := range d.Releases {
					line(w, "%s  %s", r.Version, dash(printable(r.Notes)))
				}
			})
		},
	}
}

func fieldText(v any) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprint(v)
}

// releaseRuns names the environments in which a release is active.
func releaseRuns(r lockstep.Release) string {
	names := make([]string, len(r.RunsIn))
	for i, run := range r.RunsIn {
		names[i] = run.Environment
	}
	return strings.Join(names, ", ")
}
