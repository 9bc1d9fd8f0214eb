package main

import (
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"
)

func agentInstallCommand() *cobra.Command {
	var edge edgeOptions
	var own, show, yes bool
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Make the agent a unit of systemd or launchd, which keeps it running",
		Long: `Writes the unit, enables and starts it. As root it is the machine's, and runs
as the owner of the data directory; otherwise, or with --user, it is yours. The
agent that runs now gives way; apps go on. A server on the same data directory
uses the unit's agent from then on and starts none.

Doing it again changes what has changed, after showing it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := edge.complete(os.Getenv); err != nil {
				return err
			}
			i, err := newInstallation(cmd, edge, own || os.Geteuid() != 0)
			if err != nil {
				return err
			}
			if show {
				_, err := io.WriteString(i.out, i.unit.Text(runtime.GOOS))
				return err
			}
			i.yes = yes
			return i.install(cmd.Context())
		},
	}
	edge.flags(cmd.Flags())
	f := cmd.Flags()
	f.BoolVar(&own, "user", false, "a unit of yours, also as root")
	f.BoolVar(&show, "print", false, "print the unit and change nothing")
	f.BoolVar(&yes, "yes", false, "answer the question with yes")
	return cmd
}

func agentUninstallCommand() *cobra.Command {
	var own, yes bool
	cmd := &cobra.Command{
		Use:   "uninstall",
		Short: "Stop the agent's unit and take it away; apps go on",
		Long: `Stops, disables and removes the unit that install made. Apps go on, but nobody
leads requests to them until an agent runs again: a server on the data
directory starts one at once, and so does lockstep agent.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			i, err := newInstallation(cmd, edgeOptions{}, own || os.Geteuid() != 0)
			if err != nil {
				return err
			}
			i.yes = yes
			return i.uninstall(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&own, "user", false, "the unit of yours, also as root")
	cmd.Flags().BoolVar(&yes, "yes", false, "answer the question with yes")
	return cmd
}
