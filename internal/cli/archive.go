package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) archiveCommand() *cobra.Command {
	return a.archiving("archive", "Keep a stopped environment for its history only",
		`Nothing can be deployed to it or started in it, and lockstep list leaves it
out. Its record, releases and deployments stay; lockstep unarchive takes it back.`, (*client.Client).Archive)
}

func (a *app) unarchiveCommand() *cobra.Command {
	return a.archiving("unarchive", "Make an archived environment a stopped one again", "", (*client.Client).Unarchive)
}

func (a *app) archiving(verb, short, long string, do func(*client.Client, context.Context, string, client.ChangeOptions) (lockstep.Environment, error)) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use: verb + " ENV", Short: short, Long: long, Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			env, err := do(c, cmd.Context(), name, client.ChangeOptions{DryRun: dryRun})
			if err != nil {
				return err
			}
			return a.print(env, func(w io.Writer) {
				if dryRun {
					line(w, "%s would be %s. Nothing was changed.", env.Name, env.Status)
					return
				}
				line(w, "%s is %s.", env.Name, env.Status)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say whether it is allowed, change nothing")
	environmentFlag(cmd)
	return cmd
}
