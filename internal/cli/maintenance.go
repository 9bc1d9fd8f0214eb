package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) maintenanceCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "maintenance",
		Short: "Answer an environment's users with a page while it goes on running",
	}, a.maintenanceOnCommand(), a.maintenanceOffCommand())
}

func (a *app) maintenanceOnCommand() *cobra.Command {
	var o asked
	var message, until string
	cmd := &cobra.Command{
		Use:   "on ENV",
		Short: "Begin a maintenance: requests are answered 503 with a page",
		Long: `The instances go on running and can be reached from each other; requests from
outside get a page, with Retry-After. Deployments are refused meanwhile. It
does not end by itself, whatever --until says to users. Of an environment that
is in maintenance already it changes what they are told.`,
		Example: "  lockstep maintenance on production --message 'We move to a larger database.' --until 45m",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m := lockstep.Maintenance{Message: message}
			var err error
			if m.Until, err = untilFlag(until, time.Now()); err != nil {
				return err
			}
			return a.operate(cmd, args, o, func(ctx context.Context, c *client.Client, env lockstep.Environment) (op lockstep.Operation, err error) {
				if env.Status != lockstep.EnvironmentMaintenance {
					err = a.confirmServed(ctx, c, env, "Begin a maintenance of", o)
				}
				if err == nil {
					op, err = c.BeginMaintenance(ctx, env.ID, m, o.options())
				}
				return op, err
			})
		},
	}
	cmd.Flags().StringVar(&message, "message", "", "a sentence for the page")
	cmd.Flags().StringVar(&until, "until", "", "when it should be over: a time (2026-05-01T22:00:00Z) or from now (45m)")
	o.flags(cmd)
	o.confirmFlag(cmd)
	return cmd
}

func (a *app) maintenanceOffCommand() *cobra.Command {
	var o asked
	cmd := &cobra.Command{
		Use:   "off ENV",
		Short: "End a maintenance: requests are led back",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.operate(cmd, args, o, func(ctx context.Context, c *client.Client, env lockstep.Environment) (lockstep.Operation, error) {
				return c.EndMaintenance(ctx, env.ID, o.options())
			})
		},
	}
	o.flags(cmd)
	return cmd
}

// untilFlag reads a time, or how long it is until then.
func untilFlag(text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if d, err := time.ParseDuration(text); err == nil {
		at := now.Add(d).UTC().Truncate(time.Second)
		return &at, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, lockstep.Invalid("until", "--until %q: write a time such as 2026-05-01T22:00:00Z, or how long from now, such as 45m", text)
	}
	at = at.UTC()
	return &at, nil
}
