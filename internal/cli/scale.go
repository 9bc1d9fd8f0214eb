package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) scaleCommand() *cobra.Command {
	var o asked
	cmd := &cobra.Command{
		Use:   "scale ENV SERVICE=N [SERVICE=N…]",
		Short: "Change how many instances services have, at once",
		Long: `More instances are started and waited for; of fewer, those that go are drained
first. Nothing else restarts, and the revision stays what it is. The numbers
are recorded, so that later deployments keep them; applying a matrix that says
otherwise shows the difference.`,
		Example: "  lockstep scale production backend=4\n  lockstep scale staging backend=1 worker=0",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, rest, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			services, err := replicasArgs(cmd, rest)
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
			if err := a.confirmNone(cmd.Context(), c, env, services, o); err != nil {
				return err
			}
			op, err := c.Scale(cmd.Context(), env.ID, services, o.options())
			return a.operated(cmd.Context(), c, env, op, o, err)
		},
	}
	o.flags(cmd)
	o.confirmFlag(cmd)
	return cmd
}

// replicasArgs reads SERVICE=N.
func replicasArgs(cmd *cobra.Command, args []string) (map[string]int, error) {
	if len(args) == 0 {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "something is missing: `%s`", usage(cmd))
	}
	out := map[string]int{}
	for _, arg := range args {
		service, number, ok := strings.Cut(arg, "=")
		n, err := strconv.Atoi(number)
		if !ok || service == "" || err != nil || n < 0 {
			return nil, lockstep.Invalid("services", "%q is not SERVICE=N: write a service and how many instances it shall have, such as backend=3", arg)
		}
		if _, twice := out[service]; twice {
			return nil, lockstep.Invalid("services", "service %s is named twice", service)
		}
		out[service] = n
	}
	return out, nil
}

// confirmNone asks before a service that gets requests has no instance left.
func (a *app) confirmNone(ctx context.Context, c *client.Client, env lockstep.Environment, services map[string]int, o asked) error {
	if o.yes || o.dryRun || !slices.Contains(slices.Collect(maps.Values(services)), 0) {
		return nil
	}
	status, err := c.Status(ctx, env.ID)
	if err != nil || status.Revision == nil || status.StoppedAt != nil {
		return err
	}
	for _, s := range status.Revision.Content.Services {
		if n, named := services[s.Name]; named && n == 0 && len(s.Routes) > 0 {
			return a.confirm(fmt.Sprintf("Leave no instance of %s in %s? Requests to %s are answered 503.", s.Name, env.Name, strings.Join(s.Routes, ", ")))
		}
	}
	return nil
}
