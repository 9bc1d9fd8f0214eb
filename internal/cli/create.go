package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// newEnvironment are the flags of what makes one.
type newEnvironment struct {
	client.NewEnvironment
	kind   string
	dryRun bool
}

func (n *newEnvironment) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&n.kind, "type", "", "development, testing, staging, production, preview or custom")
	f.StringVar(&n.Region, "region", "", "its primary region (recorded)")
	f.StringVar(&n.Description, "description", "", "what it is for")
	f.BoolVar(&n.dryRun, "dry-run", false, "say what would be made, change nothing")
}

func (n *newEnvironment) request(name string) client.NewEnvironment {
	out := n.NewEnvironment
	out.Name, out.Type = name, lockstep.EnvironmentType(n.kind)
	return out
}

func (a *app) createCommand() *cobra.Command {
	var n newEnvironment
	var values templateValues
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make an environment from a template",
		Long: `Writes the environment into the recorded matrix and records it; comments and
layout of the rest stay. lockstep export writes the matrix that has it. Nothing
runs in it before its first deployment.

Templates of the matrix:
  standard     what every environment has by default
  production   type production: blue_green, comprehensive validation, approvals
  preview      type preview: recreate, basic validation, one instance of each service

Any other name is a configuration template of type full_environment (lockstep
template list). The environment gets the template of the matrix that fits its
type, and its configuration from that one, together or not at all.`,
		Example: "  lockstep create quality\n  lockstep create pr-128 --template preview\n  lockstep create pr-129 --template preview-baseline --set logLevel=trace",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			if values.given() {
				t, err := c.Template(cmd.Context(), n.Template)
				if err != nil {
					return err
				}
				if n.Variables, err = values.read(a, t); err != nil {
					return err
				}
			}
			env, err := c.CreateEnvironment(cmd.Context(), n.request(name), client.ChangeOptions{DryRun: n.dryRun})
			if err != nil {
				return err
			}
			return a.print(env, func(w io.Writer) { writeMade(w, env, n.dryRun) })
		},
	}
	cmd.Flags().StringVar(&n.Template, "template", "standard", "what it begins as: standard, production, preview, or a configuration template")
	values.flags(cmd)
	n.flags(cmd)
	environmentFlag(cmd)
	return cmd
}

func writeMade(w io.Writer, env lockstep.Environment, dryRun bool) {
	what := fmt.Sprintf("%s (%s, %s, %s validation)", env.Name, env.Type, env.Spec.Strategy.Primary, env.Spec.Validation)
	if dryRun {
		line(w, "%s would be made. Nothing was changed.", what)
		return
	}
	line(w, "Made %s: lockstep deploy %s. The matrix has it now: lockstep export.", what, env.Name)
}

func (a *app) cloneCommand() *cobra.Command {
	var n newEnvironment
	cmd := &cobra.Command{
		Use:   "clone SOURCE TARGET",
		Short: "Make an environment that is like another one",
		Long: `The clone has the source's configuration, strategies and numbers of instances,
under its own name: host names and URLs that contain the source's name get the
new one, and each is printed. A domain without it stays with the source. What
else contains the name stays as it is.

It is of type custom unless --type says otherwise, and so takes no place in a
pipeline that the matrix does not write down. No data is copied, and nothing
runs in it before its first deployment.`,
		Example: "  lockstep clone production standby\n  lockstep clone staging staging-2 --type staging",
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			cloned, err := c.CloneEnvironment(cmd.Context(), args[0], n.request(args[1]), client.ChangeOptions{DryRun: n.dryRun})
			if err != nil {
				return err
			}
			return a.print(cloned, func(w io.Writer) {
				for _, r := range cloned.Rewritten {
					to := r.To
					if to == "" {
						to = "left out: it is " + args[0] + "'s"
					}
					line(w, "  %s: %s → %s", r.Path, r.From, to)
				}
				writeMade(w, cloned.Environment, n.dryRun)
				if !n.dryRun {
					line(w, "No data was copied.")
				}
			})
		},
	}
	n.flags(cmd)
	return cmd
}

func (a *app) updateCommand() *cobra.Command {
	var file string
	var yes, dryRun bool
	var opts client.ApplyOptions
	cmd := &cobra.Command{
		Use:   "update ENV -f FILE",
		Short: "Apply what a matrix says of one environment",
		Long: `Takes environments.ENV, deployment_strategies.ENV and the services' replicas of
ENV from the file, puts them into the recorded matrix, and goes on as lockstep
apply does. What else the file says is left alone.`,
		Example: "  lockstep update staging -f matrix.yaml",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			source, desired, err := a.readMatrix(file)
			if err != nil {
				return err
			}
			if c.Project() == "" {
				c = c.WithProject(desired.Project)
			}
			recorded, _, err := c.Matrix(cmd.Context())
			if err != nil {
				return err
			}
			grafted, err := matrix.Graft(recorded, source, name)
			if err != nil {
				return err
			}
			return a.apply(cmd.Context(), c, grafted, opts, yes, dryRun)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "file", "f", "", "the matrix file; - reads standard input")
	f.BoolVarP(&yes, "yes", "y", false, "do not ask")
	f.BoolVar(&dryRun, "dry-run", false, "print the plan and stop")
	f.BoolVar(&opts.Deploy, "deploy", false, "ship recorded configuration to what runs")
	environmentFlag(cmd)
	return cmd
}
