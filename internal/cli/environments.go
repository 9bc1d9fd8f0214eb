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
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the environments",
		Args:  cobra.NoArgs,
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
				items = append(items, env)
			}
			return a.print(map[string]any{"items": items}, func(w io.Writer) {
				if len(items) == 0 {
					line(w, "No environments yet. Describe them in a matrix and run `lockstep apply -f matrix.yaml`.")
					return
				}
				p := a.paint(w)
				t := table{head: []string{"", "NAME", "TYPE", "STATUS", "VERSION", "LAST DEPLOYMENT"}}
				for _, e := range items {
					last := "–"
					if d := e.Metadata.LastDeployment; d != nil {
						last = fmt.Sprintf("%s by %s", ago(time.Now(), d.DeployedAt), d.DeployedBy)
					}
					t.add(p.mark(e.Status), e.Name, string(e.Type), string(e.Status), dash(e.Metadata.Version), last)
				}
				t.write(w)
			})
		},
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

func (a *app) statusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status ENV",
		Short: "Show an environment as it is now: health, instances, traffic, queue",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, _, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			s, err := c.Status(cmd.Context(), name)
			if err != nil {
				return err
			}
			return a.print(s, func(w io.Writer) { a.writeStatus(w, s) })
		},
	}
	environmentFlag(cmd)
	return cmd
}

func (a *app) writeStatus(w io.Writer, s lockstep.StatusReport) {
	p := a.paint(w)
	line(w, "%s %s  %s, %s", p.mark(s.Status), s.Name, s.Type, s.Status)
	var running, last string
	if s.Revision != nil {
		running = fmt.Sprintf("%s (revision %s, config %d)", s.Revision.Content.Release, lockstep.ShortHash(s.Revision.Hash), s.RunningConfig)
	}
	if d := s.LastDeployment; d != nil {
		last = fmt.Sprintf("%s, %s by %s", d.Version, ago(time.Now(), d.DeployedAt), d.DeployedBy)
	}
	warm := ""
	if s.Warm != nil {
		warm = fmt.Sprintf("%s stays up for an instant rollback", s.Warm.Content.Release)
	}
	health := s.Health.Status
	if s.Health.Desired > 0 {
		health = fmt.Sprintf("%s, %d of %d instances ready", s.Health.Status, s.Health.Ready, s.Health.Desired)
	}
	pairs(w, "  health", health, "  runs", dash(running), "  warm", warm, "  last", last,
		"  address", strings.Join(s.Addresses, "  "), "  unknown", s.UnreachableHost)
	var t table
	for _, svc := range s.Services {
		if !svc.Managed {
			t.add("  "+svc.Name, string(svc.Type), p.dim("unmanaged: shown, not checked"))
			continue
		}
		t.add("  "+svc.Name, string(svc.Type), fmt.Sprintf("%d/%d ready", svc.Ready, svc.Desired))
		for _, i := range svc.Instances {
			t.add("    "+p.dim(i.ID), string(i.State), p.dim(instanceNote(i)))
		}
	}
	if len(t.rows) > 0 {
		line(w, "")
		t.write(w)
	}
	for _, what := range s.NotDeployed {
		line(w, "%s %s", p.warn("  not deployed:"), what)
	}
	for _, op := range s.Operations {
		line(w, "  %s %s %s, since %s", p.blue("operation"), shortID(op.ID), statusWord(op.Status), ago(time.Now(), op.CreatedAt))
	}
}

func instanceNote(i lockstep.Instance) string {
	var notes []string
	if i.PID != 0 {
		notes = append(notes, "pid "+strconv.Itoa(i.PID))
	}
	if i.Address != "" {
		notes = append(notes, i.Address)
	}
	if i.Restarts > 0 {
		notes = append(notes, fmt.Sprintf("%d restarts", i.Restarts))
	}
	if i.Reason != "" {
		notes = append(notes, i.Reason)
	}
	return strings.Join(notes, ", ")
}

func (a *app) infoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "info [ENV]",
		Short: "Describe an environment as recorded, or the server",
		Args:  cobra.MaximumNArgs(1),
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
					pairs(w, "version", info.Version, "database", info.Database, "host", info.HostID,
						"up", took(info.Uptime.Std()), "agent", info.Agent.State, "edge", info.Agent.Edge, "limits", info.Agent.Limits,
						"environments", strconv.FormatInt(info.Counts.Environments, 10),
						"releases", strconv.FormatInt(info.Counts.Releases, 10),
						"deployments", strconv.FormatInt(info.Counts.Deployments, 10))
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
			return a.print(env, func(w io.Writer) { writeInfo(w, env) })
		},
	}
	environmentFlag(cmd)
	return cmd
}

func writeInfo(w io.Writer, e lockstep.Environment) {
	s := e.Spec
	strategies := []string{string(s.Strategy.Primary)}
	for _, alt := range s.Strategy.Alternatives {
		strategies = append(strategies, string(alt))
	}
	approval := "not required"
	if s.ApprovalRequired {
		approval = "required"
	}
	var replicas []string
	for _, name := range slices.Sorted(maps.Keys(s.Replicas)) {
		replicas = append(replicas, fmt.Sprintf("%s×%d", name, s.Replicas[name]))
	}
	pairs(w, "name", e.Name, "project", e.Project, "id", e.ID, "type", string(e.Type), "status", string(e.Status),
		"description", e.Description, "version", e.Metadata.Version, "runtime", string(s.Runtime), "region", s.Region,
		"strategies", strings.Join(strategies, ", "), "validation", string(s.Validation), "approval", approval,
		"domains", strings.Join(s.Domains, ", "), "replicas", strings.Join(replicas, " "),
		"created", fmt.Sprintf("%s by %s", e.CreatedAt.Format(time.RFC3339), e.Metadata.CreatedBy))
	for _, d := range s.Dependencies {
		line(w, "depends on %s (%s): %s", d.Name, d.Type, first(d.Endpoint, "recorded, not provisioned"))
	}
	if len(s.Recorded) > 0 {
		line(w, "recorded, not provisioned: %s", strings.Join(slices.Sorted(maps.Keys(s.Recorded)), ", "))
	}
}

func (a *app) currentCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "current",
		Short: "Show the environment that the project's live address leads to",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			env, err := c.Current(cmd.Context())
			if err != nil {
				return err
			}
			return a.print(env, func(w io.Writer) { line(w, "%s (%s)", env.Name, dash(env.Metadata.Version)) })
		},
	}
}

func (a *app) destroyCommand() *cobra.Command {
	var yes, force, noWait bool
	cmd := &cobra.Command{
		Use:   "destroy ENV",
		Short: "Stop everything in an environment and delete it",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, _, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			env, err := c.Environment(cmd.Context(), name)
			if err != nil {
				return err
			}
			if !yes && !force {
				if err := a.confirm(fmt.Sprintf("Destroy %s (%s, runs %s)?", env.Name, env.Type, dash(env.Metadata.Version))); err != nil {
					return err
				}
			}
			op, err := c.Destroy(cmd.Context(), env.ID)
			if err != nil {
				return err
			}
			if noWait {
				return a.print(op, func(w io.Writer) { line(w, "operation %s", op.ID) })
			}
			return a.follow(cmd.Context(), c, followed{id: op.ID, title: "destroy " + env.Name})
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&force, "force", false, "the same as --yes")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return once the operation is queued")
	environmentFlag(cmd)
	return cmd
}
