package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) listCommand() *cobra.Command {
	var all, services bool
	var tags []string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the environments, in the order of the pipeline",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var items []lockstep.Environment
			for env, err := range client.All(cmd.Context(), c.Environments) {
				if err != nil {
					return err
				}
				if (all || env.Status != lockstep.EnvironmentArchived) && tagged(env, tags) {
					items = append(items, env)
				}
			}
			if err := inPipelineOrder(cmd.Context(), c, items); err != nil {
				return err
			}
			var each []lockstep.StatusReport
			if services {
				if each, err = statuses(cmd.Context(), c, items); err != nil {
					return err
				}
			}
			return a.print(listed{items, each}, func(w io.Writer) {
				if len(items) == 0 && len(tags) > 0 {
					line(w, "No environment has %s.", strings.Join(tags, " and "))
					return
				}
				if len(items) == 0 {
					line(w, "No environments yet. Describe them in a matrix and run `lockstep apply -f matrix.yaml`.")
					return
				}
				p := a.paint(w)
				t := table{head: []string{"", "NAME", "TYPE", "STATUS", "HEALTH", "VERSION", "PIPELINE", "LAST DEPLOYMENT"}}
				some := slices.ContainsFunc(items, func(e lockstep.Environment) bool { return len(e.Metadata.Tags) > 0 })
				if some {
					t.head = append(t.head, "TAGS")
				}
				for _, e := range items {
					last := "–"
					if d := e.Metadata.LastDeployment; d != nil {
						last = fmt.Sprintf("%s by %s", ago(time.Now(), d.DeployedAt), d.DeployedBy)
					}
					cells := []string{p.mark(e.Status), e.Name, string(e.Type), string(e.Status), p.wellness(e.Health), dash(e.Metadata.Version), behindText(p, e), last}
					if some {
						cells = append(cells, dash(strings.Join(e.Metadata.Tags, " ")))
					}
					t.add(cells...)
				}
				t.write(w)
				for _, s := range each {
					writeApplications(w, p, s)
				}
			})
		},
	}
	cmd.Flags().StringArrayVar(&tags, "tag", nil, "only with this tag: key=value, or a key; repeatable")
	cmd.Flags().BoolVar(&services, "services", false, "and how many instances of each service are ready, as their hosts see it now")
	cmd.Flags().BoolVar(&all, "all", false, "archived ones, too")
	return cmd
}

// inPipelineOrder sorts the stages as releases go through them, and the other
// environments by name behind them.
func inPipelineOrder(ctx context.Context, c *client.Client, items []lockstep.Environment) error {
	if len(items) < 2 {
		return nil
	}
	projects, err := c.Projects(ctx)
	if err != nil {
		return err
	}
	place := map[string]int{}
	for _, p := range projects.Items {
		if p.ID == items[0].ProjectID {
			for i, name := range p.Pipeline {
				place[name] = i - len(p.Pipeline)
			}
		}
	}
	slices.SortStableFunc(items, func(a, b lockstep.Environment) int {
		return cmp.Or(cmp.Compare(place[a.Name], place[b.Name]), strings.Compare(a.Name, b.Name))
	})
	return nil
}

// behindText says how far a stage is behind the one before it.
func behindText(p paint, e lockstep.Environment) string {
	switch b := e.Behind; {
	case b == nil:
		return "–"
	case b.Releases > 0:
		return p.warn(count(b.Releases, "release") + " behind " + b.Environment)
	case e.Metadata.Version == b.Newest:
		return "as " + b.Environment
	default:
		return "ahead of " + b.Environment
	}
}

// mark is the traffic light of a status, readable without colour.
func (p paint) mark(s lockstep.EnvironmentStatus) string {
	switch s {
	case lockstep.EnvironmentActive:
		return p.good("●")
	case lockstep.EnvironmentDeploying:
		return p.blue("◐")
	case lockstep.EnvironmentFailed:
		return p.bad("✗")
	case lockstep.EnvironmentMaintenance:
		return p.warn("◌")
	case lockstep.EnvironmentInactive, lockstep.EnvironmentArchived:
		return p.dim("○")
	}
	return " "
}

// listed is a list as JSON.
type listed struct {
	Items    []lockstep.Environment  `json:"items"`
	Statuses []lockstep.StatusReport `json:"statuses,omitempty"` // with --services
}

// statuses are those of environments, asked one after the other.
func statuses(ctx context.Context, c *client.Client, items []lockstep.Environment) ([]lockstep.StatusReport, error) {
	out := make([]lockstep.StatusReport, 0, len(items))
	for _, e := range items {
		s, err := c.Status(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// writeApplications says of each of an environment's services whether it is
// there.
func writeApplications(w io.Writer, p paint, s lockstep.StatusReport) {
	var t table
	for _, svc := range s.Services {
		if svc.Type == lockstep.ServiceApp {
			t.add("  "+svc.Name, p.ready(svc))
		}
	}
	line(w, "")
	title := s.Name
	if s.UnreachableHost != "" {
		title += "  " + p.warn(s.UnreachableHost)
	}
	line(w, "%s", title)
	t.write(w)
}

// ready is how many instances of a service are, of how many.
func (p paint) ready(s lockstep.ServiceStatus) string {
	text := fmt.Sprintf("%d/%d ready", s.Ready, s.Desired)
	switch {
	case !s.Enabled:
		return p.warn("disabled")
	case s.Ready < s.Desired:
		return p.bad(text)
	}
	return text
}

// wellness is the score of what was seen last.
func (p paint) wellness(h *lockstep.HealthSummary) string {
	switch {
	case h == nil:
		return "–"
	case h.Status == lockstep.WellDown:
		return p.bad(fmt.Sprintf("%d%% down", h.Score))
	case h.Status == lockstep.WellUnhealthy:
		return p.bad(fmt.Sprintf("%d%% %s", h.Score, h.Worst))
	case h.Score < 100:
		return p.warn(fmt.Sprintf("%d%% %s", h.Score, h.Worst))
	}
	return "100%"
}
