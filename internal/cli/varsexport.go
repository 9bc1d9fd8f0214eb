package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/varformat"
)

func formatNames() string {
	var names []string
	for _, f := range varformat.Formats() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

func (a *app) varsExportCommand() *cobra.Command {
	var d delivered
	var format, file string
	var o varformat.Options
	cmd := &cobra.Command{
		Use:   "export ENV",
		Short: "Write what a service gets, in a format that other tools read",
		Long: `Writes the variables as an instance gets them: of all levels, with references
put in. {{port}} stays, because the port is known when an instance starts; of a
variable of type file it is the value. Secrets are left out and named on
standard error, unless --reveal asks for them, which is noted.

Values come out byte for byte as they are. Where a format cannot carry one,
nothing is written, and the message names a format that can.`,
		Example: "  lockstep vars export staging --service backend > .env\n  lockstep vars export production --service web --format secret --reveal --namespace shop -O secret.yaml",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, rest, err := environmentArg(cmd, args)
			if err == nil {
				err = atMost(0)(cmd, rest)
			}
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			doc, _, err := c.ResolvedConfig(cmd.Context(), env, d.ResolvedQuery)
			if err != nil {
				return err
			}
			s, err := d.one(doc)
			if err != nil {
				return err
			}
			if !d.Reveal {
				a.withoutSecrets(s, "--reveal writes them too.")
			}
			if o.Name == "" {
				o.Name = doc.Environment
				if d.Service != "" {
					o.Name += "-" + d.Service
				}
			}
			variables := make([]varformat.Variable, 0, len(s.Env))
			for key, value := range s.Env {
				variables = append(variables, varformat.Variable{Key: key, Value: value})
			}
			var out bytes.Buffer
			if err := varformat.Write(&out, varformat.Format(format), variables, o); err != nil {
				return err
			}
			if file == "" || file == "-" {
				_, err = a.Out.Write(out.Bytes())
				return err
			}
			if err := writePrivate(file, out.Bytes()); err != nil {
				return lockstep.Errorf(lockstep.CodeInvalid, "the variables cannot be written: %w", err)
			}
			line(a.Err, "Wrote %s to %s.", count(len(variables), "variable"), file)
			return nil
		},
	}
	d.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&format, "format", string(varformat.Dotenv), formatNames())
	f.BoolVar(&d.Reveal, "reveal", false, "with the values of secrets; who asked is noted")
	f.StringVar(&o.Name, "name", "", "of a configmap or secret (default: ENV, or ENV-SERVICE)")
	f.StringVar(&o.Namespace, "namespace", "", "of a configmap or secret")
	f.StringVarP(&file, "file", "O", "", "write to a file that only you can read, instead")
	return cmd
}

// writePrivate puts a file in the place of what is there, whole or not at all,
// readable by its owner alone.
func writePrivate(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".lockstep-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
