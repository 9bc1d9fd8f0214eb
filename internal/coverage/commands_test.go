package coverage

import (
	"io"
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lockstep-dev/lockstep/internal/cli"
)

// readCommands walks the command line. A command that holds others only says which, unless
// it has words of its own.
func readCommands(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	walk(cli.New(cli.Options{Out: io.Discard, Err: io.Discard}), func(cmd *cobra.Command) {
		var flags []string
		add := func(f *pflag.Flag) {
			flags = append(flags, "--"+f.Name)
			if f.Shorthand != "" {
				flags = append(flags, "-"+f.Shorthand)
			}
		}
		cmd.LocalFlags().VisitAll(add)
		cmd.InheritedFlags().VisitAll(add)
		all[cmd.CommandPath()] = slices.Compact(flags)
	})
	return all
}

func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	if cmd.Hidden {
		return
	}
	if cmd.Runnable() && (!cmd.HasSubCommands() || cmd.Long != "" && cmd.HasParent()) {
		visit(cmd)
	}
	for _, sub := range cmd.Commands() {
		walk(sub, visit)
	}
}
