package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// asked is how an operation on an environment is asked for.
type asked struct{ yes, noWait, dryRun bool }

func (o *asked) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.noWait, "no-wait", false, "return once the operation is queued")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "print the steps, change nothing")
	environmentFlag(cmd)
}

func (o *asked) options() client.ChangeOptions { return client.ChangeOptions{DryRun: o.dryRun} }

func (o *asked) confirmFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
}

func (a *app) stopCommand() *cobra.Command {
	var o asked
	cmd := &cobra.Command{
		Use:   "stop ENV",
		Short: "Lead no more requests to an environment and stop its instances",
		Long: `Requests in flight are finished; new ones are answered 503 with a page. The
environment keeps its revision, configuration and addresses: lockstep start
brings it up again, and so does a deployment. A side that was kept warm goes.`,
		Example: "  lockstep stop staging\n  lockstep stop production --yes",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.operate(cmd, args, o, func(ctx context.Context, c *client.Client, env lockstep.Environment) (op lockstep.Operation, err error) {
				if err = a.confirmServed(ctx, c, env, "Stop", o); err == nil {
					op, err = c.Stop(ctx, env.ID, o.options())
				}
				return op, err
			})
		},
	}
	o.flags(cmd)
	o.confirmFlag(cmd)
	return cmd
}

func (a *app) startCommand() *cobra.Command {
	var o asked
	cmd := &cobra.Command{
		Use:   "start ENV",
		Short: "Bring a stopped environment up again",
		Long: `The revision that ran before comes up with the recorded replicas, is verified
at the environment's level, and then gets the requests. Where that fails, what
was started is stopped again.`,
		Example: "  lockstep start staging",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.operate(cmd, args, o, func(ctx context.Context, c *client.Client, env lockstep.Environment) (lockstep.Operation, error) {
				return c.Start(ctx, env.ID, o.options())
			})
		},
	}
	o.flags(cmd)
	return cmd
}

// confirmServed asks before users of the live environment, or of one of type
// production, lose it.
func (a *app) confirmServed(ctx context.Context, c *client.Client, env lockstep.Environment, verb string, o asked) error {
	if o.yes || o.dryRun {
		return nil
	}
	serves, err := served(ctx, c, env)
	if err != nil || serves == "" {
		return err
	}
	return a.confirm(fmt.Sprintf("%s %s (%s)? Its users are answered 503.", verb, env.Name, serves))
}

// served says what users have of an environment, where that is worth a
// question: it is production, or live.
func served(ctx context.Context, c *client.Client, env lockstep.Environment) (string, error) {
	current, err := c.Current(ctx)
	if err != nil && lockstep.CodeOf(err) != lockstep.CodeNoCurrentEnvironment {
		return "", err
	}
	live := ""
	if current.ID == env.ID {
		live = ", live"
	}
	if live == "" && env.Type != lockstep.TypeProduction {
		return "", nil
	}
	return fmt.Sprintf("%s%s, runs %s", env.Type, live, dash(env.Metadata.Version)), nil
}

// operate asks for an operation on the environment that the arguments name,
// and follows it.
func (a *app) operate(cmd *cobra.Command, args []string, o asked, ask func(context.Context, *client.Client, lockstep.Environment) (lockstep.Operation, error)) error {
	name, c, err := a.named(cmd, args)
	if err != nil {
		return err
	}
	env, err := c.Environment(cmd.Context(), name)
	if err != nil {
		return err
	}
	op, err := ask(cmd.Context(), c, env)
	return a.operated(cmd.Context(), c, env, op, o, err)
}

// operated says what was asked for and follows it, unless told otherwise.
func (a *app) operated(ctx context.Context, c *client.Client, env lockstep.Environment, op lockstep.Operation, o asked, err error) error {
	switch {
	case err != nil:
		return err
	case o.dryRun:
		return a.print(op, func(w io.Writer) {
			line(w, "%s", followedOperation(op, env.Name).title)
			a.writeSteps(w, op.Steps)
		})
	case o.noWait:
		return a.print(op, func(w io.Writer) {
			line(w, "operation %s is %s", op.ID, statusWord(op.Status))
			if op.Status == lockstep.StatusPendingApproval {
				line(w, "Approve it with: lockstep approve %s", shortID(op.ID))
			}
		})
	}
	return a.follow(ctx, c, followedOperation(op, env.Name))
}
