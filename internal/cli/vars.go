package cli

import "github.com/spf13/cobra"

func (a *app) varsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vars",
		Short: "Variables and secrets",
	}
	cmd.AddCommand(a.varsWhoUsesCommand(), a.varsRevokeCommand())
	return cmd
}
