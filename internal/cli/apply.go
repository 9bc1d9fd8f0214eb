package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// maxMatrix is more than any matrix and less than what would hurt.
const maxMatrix = 1 << 20

func (a *app) applyCommand() *cobra.Command {
	var file string
	var yes, dryRun bool
	var opts client.ApplyOptions
	cmd := &cobra.Command{
		Use:   "apply -f FILE",
		Short: "Record a matrix: its environments, services and strategies",
		Long: `Prints what would change and carries it out after a yes. It records; what
runs is changed by the next deployment, or at once with --deploy.`,
		Example: "  lockstep apply -f matrix.yaml\n  lockstep apply -f matrix.yaml --yes --deploy",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			source, desired, err := a.readMatrix(file)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			if c.Project() == "" {
				c = c.WithProject(desired.Project)
			}
			return a.apply(cmd.Context(), c, source, opts, yes, dryRun)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "file", "f", "", "the matrix file; - reads standard input")
	f.BoolVarP(&yes, "yes", "y", false, "do not ask")
	f.BoolVar(&dryRun, "dry-run", false, "print the plan and stop")
	f.BoolVar(&opts.Deploy, "deploy", false, "ship recorded configuration to what runs")
	f.BoolVar(&opts.Delete, "delete", false, "destroy environments that the file no longer has")
	return cmd
}

func (a *app) apply(ctx context.Context, c *client.Client, source []byte, opts client.ApplyOptions, yes, dryRun bool) error {
	planned, err := c.PlanMatrix(ctx, source)
	if err != nil {
		return err
	}
	var plan matrix.Plan
	if err := json.Unmarshal(planned.Plan, &plan); err != nil {
		return fmt.Errorf("read the server's plan: %w", err)
	}
	if dryRun {
		return a.print(planned, func(w io.Writer) {
			writePlan(w, plan)
			line(w, "Nothing was changed.")
		})
	}
	out := a.Out
	if a.flags.output != "table" {
		out = a.Err
	}
	writePlan(out, plan)
	if !plan.Empty() && !yes {
		if err := a.confirm("Apply this plan?"); err != nil {
			return err
		}
	}
	// Also where the plan is empty: comments are part of what is recorded.
	opts.Version = planned.Version
	applied, err := c.ApplyMatrix(ctx, source, opts)
	if err != nil {
		return err
	}
	if a.flags.output != "table" {
		return a.print(applied, func(io.Writer) {})
	}
	if applied.Version != planned.Version {
		line(a.Out, "Recorded as version %d.", applied.Version)
	}
	for _, op := range applied.Operations {
		if err := a.follow(ctx, c, a.followedOperation(ctx, c, op)); err != nil {
			return err
		}
	}
	return nil
}

// writePlan prints a plan, on a terminal one line for each value.
func writePlan(w io.Writer, plan matrix.Plan) {
	columns := edge(w)
	if columns == 0 {
		plan.Render(w)
		return
	}
	var b strings.Builder
	plan.Render(&b)
	for l := range strings.Lines(b.String()) {
		line(w, "%s", clip(strings.TrimRight(l, "\n"), columns))
	}
}

func (a *app) followedOperation(ctx context.Context, c *client.Client, op lockstep.Operation) followed {
	if op.Kind == lockstep.OperationDeploy {
		if d, err := c.Deployment(ctx, op.ID); err == nil {
			return followedDeployment(d)
		}
	}
	return followed{id: op.ID, title: string(op.Kind)}
}

func (a *app) readMatrix(file string) ([]byte, matrix.Desired, error) {
	if file == "" {
		return nil, matrix.Desired{}, lockstep.Invalid("file", "name the matrix with -f FILE")
	}
	source, err := a.readInput(file)
	if err != nil {
		return nil, matrix.Desired{}, err
	}
	m, err := matrix.Parse(source, inputName(file))
	if err != nil {
		return nil, matrix.Desired{}, err
	}
	return source, m.Desired(), nil
}

func inputName(file string) string {
	if file == "-" {
		return "standard input"
	}
	return file
}

// readInput reads a file or, for "-", standard input, up to a cap.
func (a *app) readInput(file string) ([]byte, error) {
	in := a.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "%w", err)
		}
		defer f.Close() //nolint:errcheck // read only
		in = f
	}
	source, err := io.ReadAll(io.LimitReader(in, maxMatrix+1))
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "read %s: %w", inputName(file), err)
	}
	if len(source) > maxMatrix {
		return nil, lockstep.Errorf(lockstep.CodeTooLarge, "%s is larger than 1 MiB: a matrix never is; is this the right file?", inputName(file))
	}
	return source, nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
