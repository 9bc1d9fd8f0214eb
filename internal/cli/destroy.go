package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func (a *app) destroyCommand() *cobra.Command {
	var yes, force, noWait bool
	cmd := &cobra.Command{
		Use:   "destroy ENV",
		Short: "Stop everything in an environment and delete it",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
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
			return a.follow(cmd.Context(), c, followedOperation(op, env.Name))
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&force, "force", false, "the same as --yes")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return once the operation is queued")
	environmentFlag(cmd)
	return cmd
}
