package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) releaseCommand() *cobra.Command {
	return group(&cobra.Command{Use: "release", Short: "Make and list releases: versions of the project that can be deployed"},
		a.releaseCreateCommand(), a.releaseListCommand(), a.releaseShowCommand(), a.releaseDiffCommand())
}

func (a *app) releaseListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List releases, newest first",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			list, err := c.Releases(cmd.Context(), client.Page{Limit: 100})
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				if len(list.Items) == 0 {
					line(w, "No releases yet: lockstep release create VERSION")
					return
				}
				t := table{head: []string{"VERSION", "CREATED", "BY", "SERVICES", "RUNS IN", "NOTES"}}
				for _, r := range list.Items {
					t.add(r.Version, ago(time.Now(), r.CreatedAt), r.CreatedBy, fmt.Sprint(len(r.Services)), dash(releaseRuns(r)), releaseNote(r))
				}
				t.write(w)
			})
		},
	}
}

// releaseNote is a release's own, and the environments that keep it out.
func releaseNote(r lockstep.Release) string {
	var names []string
	for _, q := range r.Quarantined {
		if !slices.Contains(names, q.Environment) {
			names = append(names, q.Environment)
		}
	}
	if len(names) == 0 {
		return r.Notes
	}
	note := "rolled back in " + strings.Join(names, ", ")
	if r.Notes != "" {
		note = r.Notes + "; " + note
	}
	return note
}

func (a *app) releaseShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show VERSION",
		Short: "Show a release: its services and artifacts",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			r, err := c.Release(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(r, func(w io.Writer) {
				pairs(w, "version", r.Version, "created", r.CreatedAt.Format(time.RFC3339)+" by "+r.CreatedBy,
					"commit", r.Source.Commit, "branch", r.Source.Branch, "notes", r.Notes)
				t := table{head: []string{"SERVICE", "ARTIFACT", "COMMAND"}}
				for _, s := range r.Services {
					t.add(s.Name, dash(lockstep.ShortHash(s.Artifact)), strings.Join(s.Command, " "))
				}
				t.write(w)
			})
		},
	}
}
