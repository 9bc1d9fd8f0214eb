package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) infoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "info [ENV]",
		Short: "Describe an environment as recorded, or the server",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			if flag, _ := cmd.Flags().GetString("environment"); len(args) == 0 && flag == "" {
				info, err := c.Info(cmd.Context())
				if err != nil {
					return err
				}
				return a.print(info, func(w io.Writer) {
					agent := info.Agent.State
					if info.Agent.Reason != "" {
						agent += ": " + info.Agent.Reason
					}
					facts := []string{
						"version", info.Version, "database", info.Database, "host", info.HostID,
						"up", took(info.Uptime.Std()), "agent", agent, "edge", info.Agent.Edge, "https", info.Agent.EdgeTLS,
					}
					for _, c := range info.Agent.Certificates {
						facts = append(facts, "", a.paint(w).certificate(c))
					}
					pairs(w, append(facts, "limits", info.Agent.Limits, "files", info.Agent.Files,
						"environments", strconv.FormatInt(info.Counts.Environments, 10),
						"releases", strconv.FormatInt(info.Counts.Releases, 10),
						"deployments", strconv.FormatInt(info.Counts.Deployments, 10))...)
				})
			}
			name, _, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			env, err := c.Environment(cmd.Context(), name)
			if err != nil {
				return err
			}
			status, err := c.Status(cmd.Context(), env.ID)
			if err != nil {
				return err
			}
			doc := infoOf(env, status)
			return a.print(doc, func(w io.Writer) { a.writeInfo(w, doc, status) })
		},
	}
	environmentFlag(cmd)
	return cmd
}

// hooksLine is what runs in a deployment, or in a switch, in the order of the
// matrix.
func hooksLine(hooks []lockstep.Hook) string {
	out := make([]string, len(hooks))
	for i, h := range hooks {
		optional := ""
		if !h.Required {
			optional = ", not required"
		}
		request := ""
		if h.HTTP != nil {
			request = ", " + first(h.HTTP.Method, lockstep.HTTPHookMethods()[0])
		}
		out[i] = fmt.Sprintf("%s (%s%s%s)", h.Name, h.Stage, request, optional)
	}
	return strings.Join(out, ", ")
}

// prerequisitesLine is what a release has to have done before it may come in.
func prerequisitesLine(p lockstep.Prerequisites) string {
	where := strings.Join(p.Environments, ", ")
	if where == "" && p.Soak > 0 {
		where = "the stage before"
	}
	if p.Soak > 0 {
		where += " for " + shortly(p.Soak)
	}
	return where
}

func notificationsLine(n lockstep.Notifications) string {
	if len(n.Channels) == 0 {
		return ""
	}
	return strings.Join(n.Channels, ", ") + " (recorded; nothing is sent yet)"
}

func automationLine(a lockstep.Automation) string {
	switch a.Deploy {
	case lockstep.DeployOnRelease:
		return "each new release"
	case lockstep.DeployWhenProved:
		return "what is proved in the stage before"
	}
	return ""
}

// recipesLine is what strategy custom may follow, the usual one first.
func recipesLine(recipes []lockstep.Recipe) string {
	out := make([]string, len(recipes))
	for i, r := range recipes {
		out[i] = r.Name
		if r.Description != "" {
			out[i] += " (" + oneLine(r.Description) + ")"
		}
	}
	return strings.Join(out, ", ")
}

func (a *app) writeInfo(w io.Writer, e described, status lockstep.StatusReport) {
	s, p := e.Spec, a.paint(w)
	strategies := []string{string(s.Strategy.Primary)}
	for _, alt := range s.Strategy.Alternatives {
		strategies = append(strategies, string(alt))
	}
	approval := "not required"
	switch {
	case s.ApprovalRequired && s.SwitchApproval:
		approval = "required, of switches too"
	case s.ApprovalRequired:
		approval = "required"
	case s.SwitchApproval:
		approval = "required of switches"
	}
	var replicas []string
	for _, name := range slices.Sorted(maps.Keys(s.Replicas)) {
		replicas = append(replicas, fmt.Sprintf("%s×%d", name, s.Replicas[name]))
	}
	pairs(w, "name", e.Name, "project", e.Project, "id", e.ID, "type", string(e.Type), "status", string(e.Status),
		"description", e.Description, "version", e.Metadata.Version, "runtime", string(s.Runtime), "region", s.Region, "cluster", e.Cluster,
		"strategies", strings.Join(strategies, ", "), "recipes", recipesLine(s.Strategy.Recipes), "validation", string(s.Validation), "approval", approval,
		"prerequisites", prerequisitesLine(s.Prerequisites), "deploys itself", automationLine(s.Automation), "hooks", hooksLine(s.Hooks),
		"notifications", notificationsLine(s.Notifications),
		"domains", strings.Join(s.Domains, ", "), "replicas", strings.Join(replicas, " "), "disabled", strings.Join(e.Disabled, ", "),
		"health", p.health(status.Health), "unknown", e.Error, "last deployment", lastText(e.LastDeployment),
		"created", fmt.Sprintf("%s by %s", e.CreatedAt.Format(time.RFC3339), e.Metadata.CreatedBy))
	var t table
	for _, svc := range status.Services {
		if svc.Type == lockstep.ServiceApp {
			t.add("  "+svc.Name, p.ready(svc))
		}
	}
	if len(t.rows) > 0 {
		line(w, "")
		t.write(w)
		line(w, "")
	}
	for _, d := range s.Dependencies {
		paragraph(w, fmt.Sprintf("depends on %s (%s): %s", d.Name, d.Type, dependencyLine(d)))
	}
	if len(s.Recorded) > 0 {
		paragraph(w, "recorded, not provisioned: "+strings.Join(slices.Sorted(maps.Keys(s.Recorded)), ", "))
	}
}

// dependencyLine is where a dependency is, and how it is checked.
func dependencyLine(d lockstep.DependencyRecord) string {
	c, checked := d.Checked()
	switch {
	case !checked:
		return first(d.Endpoint, "recorded, not provisioned")
	case d.Endpoint == "":
		return fmt.Sprintf("checked by %s every %s", c.Kind, c.Interval)
	}
	return fmt.Sprintf("%s, checked by %s every %s", d.Endpoint, c.Kind, c.Interval)
}
