package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

// noArgs, exactArgs, betweenArgs and atMost say what a command takes in the words of its
// usage line.
func noArgs(cmd *cobra.Command, args []string) error { return atMost(0)(cmd, args) }

func exactArgs(n int) cobra.PositionalArgs { return betweenArgs(n, n) }

func betweenArgs(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least {
			return lockstep.Errorf(lockstep.CodeInvalid, "something is missing: `%s`", usage(cmd))
		}
		return atMost(most)(cmd, args)
	}
}

func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return lockstep.Errorf(lockstep.CodeInvalid, "%q is too much: `%s`", args[n], usage(cmd))
		}
		return nil
	}
}

// group is a command that only holds others.
func group(cmd *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(commands...)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		names := make([]string, len(commands))
		for i, c := range commands {
			names[i] = c.Name()
		}
		return lockstep.Errorf(lockstep.CodeInvalid, "unknown command %q for %q (there are: %s)", args[0], cmd.CommandPath(), strings.Join(names, ", "))
	}
	return cmd
}

// usage is a command's usage line without cobra's placeholder for flags.
func usage(cmd *cobra.Command) string {
	return strings.TrimSuffix(cmd.UseLine(), " [flags]")
}
