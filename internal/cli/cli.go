// Package cli is the command line over the client: one file a command. It
// holds no logic of the product; what a command prints is what the server
// said. On a terminal it shows colours and live progress, in a pipe plain
// lines, and with -o json|yaml the API's own documents.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

// Options of the command line. Out and Err are required.
type Options struct {
	Version string
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	Getenv  func(string) string // default os.Getenv
	DataDir string              // where a local server keeps its address and token; default DefaultDataDir
}

// app is what every command shares: its streams and the global flags.
type app struct {
	Options
	flags struct {
		server  string
		project string
		output  string
		data    string
	}
}

// New is the root command with everything that talks to a server. The caller
// adds the commands that are servers themselves.
func New(opts Options) *cobra.Command {
	a := &app{Options: opts}
	if a.Getenv == nil {
		a.Getenv = os.Getenv
	}
	if a.In == nil {
		a.In = os.Stdin
	}
	root := &cobra.Command{
		Use:   "lockstep",
		Short: "Environments, releases and their traffic, from one matrix file",
		Long: `Lockstep makes a product's environments from one matrix file, puts releases
into them without dropping a request, and takes them back when they fail.

Start with:
  lockstep server                       the control plane, on this machine
  lockstep apply -f matrix.yaml         record the environments
  lockstep release create 1.0.0         from the artifacts the matrix names
  lockstep deploy development 1.0.0     and watch it go`,
		Version:       opts.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetVersionTemplate("lockstep {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if said, _, number := strings.Cut(err.Error(), ": strconv.Parse"); number {
			err = errors.New(said + ": write a number")
		}
		return lockstep.Errorf(lockstep.CodeInvalid, "%w\nSee `%s --help`", err, cmd.CommandPath())
	})
	pf := root.PersistentFlags()
	pf.StringVar(&a.flags.server, "server", "", "address of the server (LOCKSTEP_SERVER; default: the local one)")
	pf.StringVarP(&a.flags.project, "project", "p", "", "project (LOCKSTEP_PROJECT; default: the server's only one)")
	pf.StringVarP(&a.flags.output, "output", "o", "table", "table, json or yaml")
	pf.StringVar(&a.flags.data, "data", "", "data directory of the local server (LOCKSTEP_DATA)")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		switch a.flags.output {
		case "table", "json", "yaml":
			return nil
		}
		return lockstep.Invalid("output", "output %q: use table, json or yaml", a.flags.output)
	}

	root.AddGroup(
		&cobra.Group{ID: "environments", Title: "Environments:"},
		&cobra.Group{ID: "delivery", Title: "Delivery:"},
		&cobra.Group{ID: "configuration", Title: "Configuration:"},
		&cobra.Group{ID: "operating", Title: "Operating Lockstep:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("environments", a.applyCommand(), a.createCommand(), a.cloneCommand(), a.updateCommand(), a.tagCommand(), a.exportCommand(), a.validateCommand(), a.listCommand(),
		a.infoCommand(), a.statusCommand(), a.healthCommand(), a.alertsCommand(), a.historyCommand(), a.approvalsCommand(), a.securityCommand(), a.metricsCommand(), a.logsCommand(), a.currentCommand(), a.switchCommand(), a.switchesCommand(), a.scaleCommand(), a.serviceCommand(), a.maintenanceCommand(), a.stopCommand(), a.startCommand(), a.archiveCommand(), a.unarchiveCommand(), a.destroyCommand())
	add("delivery", a.releaseCommand(), a.deployCommand(), a.promoteCommand(), a.rollbackCommand(), a.approveCommand(),
		a.rejectCommand(), a.pauseCommand(), a.resumeCommand(), a.cancelCommand(), a.deploymentsCommand(), a.scheduleCommand(), a.watchCommand(), a.outputCommand())
	add("configuration", a.varsCommand(), a.configCommand(), a.runCommand(), a.flagsCommand(), a.templateCommand(), a.diffCommand(), a.syncCommand(), a.keysCommand())
	add("operating", a.topCommand(), a.dashboardCommand(), a.tokenCommand())
	return root
}

// Report prints err for a person and says with which code to exit.
func Report(w io.Writer, err error) int {
	if err == nil {
		return lockstep.ExitDone
	}
	var quiet *exitError
	if errors.As(err, &quiet) {
		return quiet.code
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "interrupted")
		return lockstep.ExitFailed
	}
	fmt.Fprintln(w, describe(err, edge(w)))
	if code := lockstep.CodeOf(err); code != lockstep.CodeInternal {
		return code.ExitCode()
	}
	if isUsage(err) {
		fmt.Fprintln(w, "See `lockstep --help`")
		return lockstep.ExitUsage
	}
	return lockstep.ExitFailed
}

// exitError ends with a code after everything has been said already.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }
