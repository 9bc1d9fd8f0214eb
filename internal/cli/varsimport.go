package cli

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/varformat"
)

// importing is what `vars import` reads.
type importing struct {
	format, file, service string
	secretKeys            []string
	source                []byte
	variables             []varformat.Variable
}

func (a *app) varsImportCommand() *cobra.Command {
	var of whose
	var in importing
	var how changeFlags
	cmd := &cobra.Command{
		Use:   "import ENV FILE|-",
		Short: "Set the variables of a file that other tools wrote",
		Long: `Sets what stands in the file, and shows what changes before it does. What the
file does not name stays. All of it or nothing: what is wrong is told at once,
with its lines.

A value's ${KEY} is a reference where the format has such a thing; elsewhere,
and in single quotes, it is the text. Nothing is expanded or run. Names that
match --secret-keys become secrets, and so does everything in a Kubernetes
Secret.`,
		Example: "  lockstep vars import staging .env --service backend --secret-keys '*_PASSWORD,*_KEY'\n  lockstep vars export staging --format json | lockstep vars import review - --format json --yes",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			owner, rest, err := of.read(cmd, args)
			if err == nil && len(rest) == 0 {
				err = lockstep.Errorf(lockstep.CodeInvalid, "name the file, or - for standard input: `%s`", usage(cmd))
			}
			if err == nil {
				err = atMost(1)(cmd, rest)
			}
			if err != nil {
				return err
			}
			in.file = rest[0]
			if err := a.readVariables(&in); err != nil {
				return err
			}
			return a.importVariables(cmd, owner, &in, how)
		},
	}
	of.flags(cmd)
	how.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&in.format, "format", "", formatNames()+" (default: what the file's name says)")
	f.StringVar(&in.service, "service", "", "for this service only")
	f.StringSliceVar(&in.secretKeys, "secret-keys", nil, "names that become secrets, like *_PASSWORD, with commas between")
	f.Lookup("yes").Usage = "do not ask"
	return cmd
}

// readVariables reads a file in the format that is said or that its name says.
func (a *app) readVariables(in *importing) error {
	for _, pattern := range in.secretKeys {
		if _, err := path.Match(pattern, ""); err != nil {
			return lockstep.Errorf(lockstep.CodeInvalid, "--secret-keys %s is no pattern: write names like *_PASSWORD", pattern)
		}
	}
	src := a.In
	if in.file != "-" {
		f, err := os.Open(in.file)
		if err != nil {
			return lockstep.Errorf(lockstep.CodeInvalid, "%w", err)
		}
		defer f.Close() //nolint:errcheck // read only
		src = f
	}
	var err error
	if in.source, err = io.ReadAll(io.LimitReader(src, varformat.MaxBytes+1)); err != nil {
		return lockstep.Errorf(lockstep.CodeInvalid, "read %s: %w", inputName(in.file), err)
	}
	if in.format == "" {
		if in.format = string(guess(in.file, in.source)); in.format == "" {
			return lockstep.Errorf(lockstep.CodeInvalid, "the name of %s does not say its format: say --format (%s)", inputName(in.file), formatNames())
		}
	}
	if in.variables, err = varformat.Read(varformat.Format(in.format), in.source); err == nil && len(in.variables) == 0 {
		err = lockstep.Errorf(lockstep.CodeInvalid, "there are no variables in it")
	}
	var e *lockstep.Error
	if errors.As(err, &e) {
		e.Message = inputName(in.file) + ": " + e.Message
	}
	return err
}

var kubernetesKind = regexp.MustCompile(`(?m)^kind:\s*["']?(ConfigMap|Secret)\b`)

// guess is the format that a file's name says; "" for none.
func guess(file string, source []byte) varformat.Format {
	name := strings.ToLower(filepath.Base(file))
	switch ext := filepath.Ext(name); {
	case name == ".env" || strings.HasPrefix(name, ".env.") || ext == ".env":
		return varformat.Dotenv
	case ext == ".json":
		return varformat.JSON
	case ext == ".yaml" || ext == ".yml":
		if kind := kubernetesKind.FindSubmatch(source); kind != nil {
			return varformat.Format(strings.ToLower(string(kind[1])))
		}
		return varformat.YAML
	case ext == ".sh":
		return varformat.Shell
	case ext == ".tfvars":
		return varformat.TFVars
	}
	return ""
}

// secret says that a name is to become a secret.
func (in *importing) secret(key string) bool {
	for _, pattern := range in.secretKeys {
		if ok, _ := path.Match(pattern, key); ok {
			return true
		}
	}
	return in.format == string(varformat.Secret)
}

// changes are what the file asks for, over what is there.
func (in *importing) changes(before []lockstep.Variable) []lockstep.VariableChange {
	sensitive := map[string]bool{}
	for _, v := range before {
		if v.Sensitive && (v.Target == "" || v.Target == in.service && v.Scope == lockstep.ScopeService) {
			sensitive[v.Key] = true
		}
	}
	yes := true
	out := make([]lockstep.VariableChange, len(in.variables))
	for i, v := range in.variables {
		change := lockstep.VariableChange{Key: v.Key, Value: &v.Value, Source: lockstep.SourceImport}
		if in.service != "" {
			change.Scope, change.Target = lockstep.ScopeService, in.service
		}
		if in.secret(v.Key) {
			change.Sensitive = &yes
		}
		if change.Sensitive != nil || sensitive[v.Key] {
			// Nothing in a secret is a reference.
			text := varformat.Text(v.Value)
			change.Value = &text
		}
		out[i] = change
	}
	return out
}

// placed gives what a server has found wrong with variables their lines.
func (in *importing) placed(err error) error {
	var e *lockstep.Error
	if !errors.As(err, &e) {
		return err
	}
	for i, p := range e.Problems {
		key, ok := strings.CutPrefix(p.Field, "variables.")
		if !ok {
			continue
		}
		if in.service != "" {
			key = strings.TrimPrefix(key, in.service+".")
		}
		e.Problems[i].Line = varformat.Line(in.source, key)
	}
	return err
}

func (a *app) importVariables(cmd *cobra.Command, owner client.VariableOwner, in *importing, how changeFlags) error {
	c, err := a.ownerClient(cmd, owner)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	before, err := c.Variables(ctx, owner, client.VariableQuery{})
	if err != nil {
		return err
	}
	changes := in.changes(before.Variables)
	if how.message == "" {
		how.message = "import of " + filepath.Base(inputName(in.file))
	}
	options := how.options()
	options.Version, options.Hash = before.Version, before.Hash
	try := how
	try.dryRun = true
	trial := options
	trial.DryRun = true
	would, err := c.UpdateVariables(ctx, owner, changes, trial)
	if err != nil {
		return in.placed(err)
	}
	if how.dryRun {
		return a.configured(cmd, c, owner, would, try)
	}
	asked := !how.yes && len(would.Changes) > 0
	if asked {
		a.writeChanges(a.Err, would.Changes)
		if err := a.confirm("Import " + count(len(would.Changes), "change") + " into " + ownerText(owner, before.Project) + "?"); err != nil {
			return err
		}
	}
	result, err := c.UpdateVariables(ctx, owner, changes, options)
	if err != nil {
		return in.placed(err)
	}
	if asked && a.flags.output == "table" {
		result.Changes = nil // shown already
	}
	return a.configured(cmd, c, owner, result, how)
}
