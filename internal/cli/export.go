package cli

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) exportCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the recorded matrix, comments and all",
		Long: `Writes the matrix as it was applied last, with comments and layout, and with the
numbers of instances that were scaled since: it applies with an empty plan.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			source, _, err := c.Matrix(cmd.Context())
			if err != nil {
				return err
			}
			if file == "" {
				_, err = a.Out.Write(source)
				return err
			}
			if err := os.WriteFile(file, source, 0o644); err != nil { //nolint:gosec // a matrix holds no secrets and is meant to be shared
				return lockstep.Errorf(lockstep.CodeInvalid, "the matrix cannot be written: %w", err)
			}
			line(a.Err, "Wrote %s.", file)
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "write to a file instead")
	return cmd
}

func (a *app) validateCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "validate -f FILE",
		Short: "Check a matrix file; every mistake is reported at once",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, desired, err := a.readMatrix(file)
			if err != nil {
				return err
			}
			return a.print(desired, func(w io.Writer) {
				line(w, "%s is valid: project %s, %s, %s.", inputName(file), desired.Project,
					count(len(desired.Environments), "environment"), count(len(desired.Services), "service"))
			})
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "the matrix file; - reads standard input")
	return cmd
}
