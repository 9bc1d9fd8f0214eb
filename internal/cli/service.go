package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) serviceCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "service",
		Short: "Switch single services of an environment off and on",
	}, a.serviceDisableCommand(), a.serviceEnableCommand())
}

func (a *app) serviceDisableCommand() *cobra.Command {
	var o asked
	var force bool
	cmd := &cobra.Command{
		Use:   "disable ENV SERVICE",
		Short: "Drain and stop a service, which stays so until it is enabled",
		Long: `Requests to its routes are answered 503; those in flight are finished, and then
its instances stop. The rest of the environment goes on. Deployments, starts,
scales and rollbacks start nothing of it until lockstep service enable. Of a
dependency, which runs elsewhere, only the checks end: it gates nothing, and
counts for nothing in the health.

Refused, unless forced, where another service that is enabled depends on it,
and where users reach nothing else: lockstep maintenance or lockstep stop are
for that.`,
		Example: "  lockstep service disable staging worker\n  lockstep service disable production search --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.toggleService(cmd, args, o, func(ctx context.Context, c *client.Client, env lockstep.Environment, service string) (lockstep.Operation, error) {
				if err := a.confirmDisable(ctx, c, env, service, o, force); err != nil {
					return lockstep.Operation{}, err
				}
				return c.DisableService(ctx, env.ID, service, client.ToggleOptions{ChangeOptions: o.options(), Force: force})
			})
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "although others depend on it, or users reach nothing else")
	o.flags(cmd)
	o.confirmFlag(cmd)
	return cmd
}

func (a *app) serviceEnableCommand() *cobra.Command {
	var o asked
	var force bool
	cmd := &cobra.Command{
		Use:   "enable ENV SERVICE",
		Short: "Start a service that was disabled",
		Long: `As many instances as are recorded start, of the revision that runs. Requests go
to them once they are ready; where they do not get so, they are stopped again
and the service stays disabled. Of a dependency the checks begin again.`,
		Example: "  lockstep service enable staging worker",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.toggleService(cmd, args, o, func(ctx context.Context, c *client.Client, env lockstep.Environment, service string) (lockstep.Operation, error) {
				return c.EnableService(ctx, env.ID, service, client.ToggleOptions{ChangeOptions: o.options(), Force: force})
			})
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "although it depends on a service that is disabled")
	o.flags(cmd)
	return cmd
}

// toggleService asks for an operation on the service that the arguments name,
// and follows it.
func (a *app) toggleService(cmd *cobra.Command, args []string, o asked,
	ask func(context.Context, *client.Client, lockstep.Environment, string) (lockstep.Operation, error),
) error {
	name, service, err := environmentAnd(cmd, args, "name one service")
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
	op, err := ask(cmd.Context(), c, env, service)
	return a.operated(cmd.Context(), c, env, op, o, err)
}

// confirmDisable asks before users lose something.
func (a *app) confirmDisable(ctx context.Context, c *client.Client, env lockstep.Environment, service string, o asked, force bool) error {
	if o.yes || o.dryRun || !env.Enabled(service) {
		return nil
	}
	status, err := c.Status(ctx, env.ID)
	if err != nil || status.Revision == nil || status.StoppedAt != nil {
		return err
	}
	for _, s := range status.Revision.Content.Services {
		if s.Name == service && len(s.Routes) > 0 {
			// What is refused anyway is not worth a question.
			if _, err := c.DisableService(ctx, env.ID, service, client.ToggleOptions{ChangeOptions: client.ChangeOptions{DryRun: true}, Force: force}); err != nil {
				return err
			}
			return a.confirm(fmt.Sprintf("Disable %s in %s? Requests to %s are answered 503.", service, env.Name, strings.Join(s.Routes, ", ")))
		}
	}
	return nil
}
