package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// environmentArg reads the environment from the first argument or from -e,
// and returns the arguments that are left.
func environmentArg(cmd *cobra.Command, args []string) (string, []string, error) {
	if e, _ := cmd.Flags().GetString("environment"); e != "" {
		return e, args, nil
	}
	if len(args) == 0 {
		return "", nil, lockstep.Errorf(lockstep.CodeInvalid, "name an environment: `%s`", usage(cmd))
	}
	return args[0], args[1:], nil
}

// environmentAnd reads the environment, and the one thing that goes with it;
// without names what to do about it.
func environmentAnd(cmd *cobra.Command, args []string, without string) (environment, one string, err error) {
	environment, rest, err := environmentArg(cmd, args)
	if err == nil && len(rest) != 1 {
		err = lockstep.Errorf(lockstep.CodeInvalid, "%s: `%s`", without, usage(cmd))
	}
	if err != nil {
		return "", "", err
	}
	return environment, rest[0], nil
}

// named is what a command on one thing begins with: the environment, or the
// deployment, that it names, and the client.
func (a *app) named(cmd *cobra.Command, args []string) (string, *client.Client, error) {
	ref, _, err := environmentArg(cmd, args)
	if err != nil {
		return "", nil, err
	}
	c, err := a.client()
	return ref, c, err
}

func environmentFlag(cmd *cobra.Command) {
	cmd.Flags().StringP("environment", "e", "", "the environment, instead of the argument")
}

// deployment finds a deployment by ID, by the short form that lists print
// (the end of the ID), or by its environment: the newest there in the first of
// the statuses that one has, else the newest of all.
func (a *app) deployment(ctx context.Context, c *client.Client, ref string, statuses ...lockstep.OperationStatus) (lockstep.Deployment, error) {
	if len(ref) == 36 {
		return c.Deployment(ctx, ref)
	}
	env, err := c.Environment(ctx, ref)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return a.deploymentByEnd(ctx, c, ref)
	}
	if err != nil {
		return lockstep.Deployment{}, err
	}
	for _, status := range append(statuses, "") {
		list, err := c.Deployments(ctx, client.DeploymentFilter{Environment: env.ID, Status: status}, client.Page{Limit: 1})
		if err != nil {
			return lockstep.Deployment{}, err
		}
		if len(list.Items) > 0 {
			return c.Deployment(ctx, list.Items[0].ID)
		}
	}
	return lockstep.Deployment{}, lockstep.Errorf(lockstep.CodeNotFound, "%s has no deployment yet", env.Name)
}

func (a *app) deploymentByEnd(ctx context.Context, c *client.Client, ref string) (lockstep.Deployment, error) {
	list, err := c.Deployments(ctx, client.DeploymentFilter{}, client.Page{Limit: 200})
	if err != nil {
		return lockstep.Deployment{}, err
	}
	i := slices.IndexFunc(list.Items, func(d lockstep.Deployment) bool { return strings.HasSuffix(d.ID, ref) })
	if i < 0 || len(ref) < 4 {
		return lockstep.Deployment{}, lockstep.Errorf(lockstep.CodeNotFound, "%q is neither an environment nor a deployment: see `lockstep list` and `lockstep deployments`", ref)
	}
	return c.Deployment(ctx, list.Items[i].ID)
}
