package cli

import (
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) deployCommand() *cobra.Command {
	var (
		strategy, description, withConfig string
		noRollback, noValidation          bool
		noWait, dryRun                    bool
	)
	cmd := &cobra.Command{
		Use:   "deploy ENV VERSION",
		Short: "Bring a release into an environment, and watch it go",
		Long: `Asks for a deployment and follows it to its end. Ctrl-C detaches; the
deployment goes on. Exits with 0 when it completed, 1 when it failed, was
rolled back or cancelled, 3 when policy refused it.

Without VERSION, the newest release is deployed.`,
		Example: "  lockstep deploy staging 2.1.0\n  lockstep deploy production 2.1.0 --strategy blue_green",
		Args:    cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, rest, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			req := lockstep.DeploymentRequest{
				Version: "latest", Strategy: lockstep.Strategy(strategy),
				Description: description, WithConfig: withConfig,
			}
			if len(rest) > 0 {
				req.Version = rest[0]
			}
			off := false
			if noRollback {
				req.RollbackOnFailure = &off
			}
			if noValidation {
				req.ValidationRequired = &off
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			if dryRun {
				preview, err := c.PreviewDeploy(cmd.Context(), name, req)
				if err != nil {
					return err
				}
				return a.print(preview, func(w io.Writer) { a.writePreview(w, preview) })
			}
			// A key of its own, so that a request the network made us repeat is one deployment.
			d, err := c.Deploy(cmd.Context(), name, req, client.DeployOptions{IdempotencyKey: uuid.NewString()})
			if err != nil {
				return err
			}
			return a.started(cmd.Context(), c, d, noWait)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&strategy, "strategy", "s", "", "one the matrix allows there (default: the environment's first)")
	f.StringVar(&description, "description", "", "why, for people")
	f.StringVar(&withConfig, "with-config", "", "latest or a number (default: the configuration that runs)")
	f.BoolVar(&noRollback, "no-rollback", false, "leave a failed deployment as it is")
	f.BoolVar(&noValidation, "no-validation", false, "do not run the environment's checks")
	f.BoolVar(&noWait, "no-wait", false, "return once it is queued")
	f.BoolVar(&dryRun, "dry-run", false, "print the plan and the gate's answer, change nothing")
	environmentFlag(cmd)
	return cmd
}

func (a *app) writePreview(w io.Writer, preview client.Preview) {
	p := a.paint(w)
	d := preview.Deployment
	line(w, "deploy %s to %s, %s, revision %s, config %d", d.Version, d.Environment, d.Strategy, lockstep.ShortHash(d.RevisionHash), d.ConfigVersion)
	switch {
	case !preview.Gate.Allowed:
		line(w, "%s", p.bad("The gate refuses it:"))
	case preview.Gate.RequiresApproval:
		line(w, "%s", p.warn("The gate allows it once it is approved."))
	default:
		line(w, "%s", p.good("The gate allows it."))
	}
	for _, r := range preview.Gate.Reasons {
		line(w, "  %s", r.Message)
	}
	for _, s := range preview.Plan.Steps {
		line(w, "  %2d  %-40s %s", s.Seq, s.Name, p.dim(string(s.Kind)))
	}
	line(w, "Nothing was changed.")
}

func (a *app) rollbackCommand() *cobra.Command {
	var to, description string
	var noWait bool
	cmd := &cobra.Command{
		Use:   "rollback ENV|DEPLOYMENT",
		Short: "Return an environment to the revision before its latest deployment",
		Long: `Starts a deployment of the revision that ran before, ahead of everything
that is queued, and cancels what is. Code, configuration and flags return
together. A side that is still warm is back in less than a second.`,
		Example: "  lockstep rollback production\n  lockstep rollback production --to 3f9a1c",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, _, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			d, err := a.rollbackTarget(cmd.Context(), c, ref)
			if err != nil {
				return err
			}
			back, err := c.Rollback(cmd.Context(), d, client.RollbackRequest{To: to, Description: description})
			if err != nil {
				return err
			}
			return a.started(cmd.Context(), c, back, noWait)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "another revision, by the start of its hash")
	cmd.Flags().StringVar(&description, "description", "", "why, for people")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return once it is queued")
	environmentFlag(cmd)
	return cmd
}

func (a *app) deploymentsCommand() *cobra.Command {
	var status string
	var limit int
	cmd := &cobra.Command{
		Use:   "deployments [ENV]",
		Short: "List deployments, newest first",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			filter := client.DeploymentFilter{Status: lockstep.OperationStatus(status)}
			if flag, _ := cmd.Flags().GetString("environment"); len(args) > 0 || flag != "" {
				filter.Environment = first(flag, append(args, "")[0])
			}
			list, err := c.Deployments(cmd.Context(), filter, client.Page{Limit: limit})
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) { a.writeDeployments(w, list.Items) })
		},
	}
	cmd.Flags().StringVar(&status, "status", "", "only these: pending, running, completed, failed, …")
	cmd.Flags().IntVar(&limit, "limit", 20, "how many")
	environmentFlag(cmd)
	return cmd
}

func outcome(p paint, s lockstep.OperationStatus) string {
	word := statusWord(s)
	switch s {
	case lockstep.StatusCompleted:
		return p.good("✓ " + word)
	case lockstep.StatusFailed:
		return p.bad("✗ " + word)
	case lockstep.StatusRolledBack:
		return p.warn("↶ " + word)
	case lockstep.StatusCancelled:
		return p.dim("– " + word)
	case lockstep.StatusRunning:
		return p.blue("◐ " + word)
	case lockstep.StatusPending, lockstep.StatusPendingApproval:
		return "○ " + word
	}
	return fmt.Sprint(s)
}
