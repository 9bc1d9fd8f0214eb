// Command lockstep is the whole product in one binary: the command line, the
// server, and the agent.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep/internal/cli"
)

// version is set by the Makefile from the checked-out tag.
var version = ""

func main() { os.Exit(run()) }

// run is main for the script tests too, which call it under the name lockstep.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := command(cli.Options{Version: buildVersion(), In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	return cli.Report(os.Stderr, root.ExecuteContext(ctx))
}

// command is lockstep with everything below it.
func command(opts cli.Options) *cobra.Command {
	root := cli.New(opts)
	for _, cmd := range servants() {
		cmd.GroupID = "operating"
		root.AddCommand(cmd)
	}
	return root
}

// buildVersion is what the Makefile set, or the module's version, or the commit.
func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "0.0.0-" + s.Value[:12]
		}
	}
	return "0.0.0-dev"
}
