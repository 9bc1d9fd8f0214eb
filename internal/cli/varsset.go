package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/lockstep-dev/lockstep"
)

// scopeFlags say who gets a variable.
type scopeFlags struct{ service, feature string }

func (s *scopeFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.service, "service", "", "for this service only (SERVICE/KEY says the same)")
	f.StringVar(&s.feature, "feature", "", "for all services, while this feature is on")
}

// change is about the variable of a name: KEY or SERVICE/KEY.
func (s scopeFlags) change(name string) (lockstep.VariableChange, error) {
	var c lockstep.VariableChange
	c.Scope, c.Target, c.Key = lockstep.ParseSlot(name)
	switch {
	case s.service != "" && s.feature != "":
		return c, lockstep.Errorf(lockstep.CodeInvalid, "choose one of --service and --feature")
	case (s.service != "" || s.feature != "") && c.Target != "":
		return c, lockstep.Errorf(lockstep.CodeInvalid, "%s names its target already: leave the flag out", name)
	case s.service != "":
		c.Scope, c.Target = lockstep.ScopeService, s.service
	case s.feature != "":
		c.Scope, c.Target = lockstep.ScopeFeature, s.feature
	}
	return c, nil
}

// demands are the flags that say what a variable is and what its value keeps to.
type demands struct {
	secret, required, optional, stdin, rotate bool
	kind, description, standard, pattern, sch string
	enum                                      []string
	least, greatest                           float64
	shortest, longest                         int
}

func (d *demands) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&d.secret, "secret", false, "keep it sealed; its value is asked for, or read from standard input")
	f.BoolVar(&d.stdin, "stdin", false, "read the value from standard input, whole but for one line break at its end")
	f.BoolVar(&d.rotate, "rotate", false, "of a secret: a new version even where the value is what it was")
	f.StringVar(&d.kind, "type", "", "string, number, boolean, json, url, secret or file")
	f.StringVar(&d.description, "description", "", "what it is for")
	f.BoolVar(&d.required, "required", false, "nothing is deployed without a value")
	f.BoolVar(&d.optional, "optional", false, "not required any more")
	f.StringVar(&d.standard, "default", "", "its value where nobody says another")
	f.StringVar(&d.pattern, "pattern", "", "a regular expression (RE2) that the whole value matches")
	f.StringSliceVar(&d.enum, "enum", nil, "the values that it may have, with commas between")
	f.Float64Var(&d.least, "min", 0, "of a number: its least value")
	f.Float64Var(&d.greatest, "max", 0, "of a number: its greatest value")
	f.IntVar(&d.shortest, "min-length", 0, "characters that it has at least")
	f.IntVar(&d.longest, "max-length", 0, "characters that it has at most")
	f.StringVar(&d.sch, "schema", "", "of type json: a file with its JSON Schema")
}

// onto puts what the flags say into a change; said is whether they say
// anything beside a value.
func (d *demands) onto(cmd *cobra.Command, c *lockstep.VariableChange) (said bool, err error) {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	if given("type") {
		kind := lockstep.VariableType(d.kind)
		c.Type, said = &kind, true
	}
	if d.secret {
		c.Sensitive = &d.secret
	}
	if given("description") {
		c.Description, said = &d.description, true
	}
	if given("default") {
		c.DefaultValue, said = &d.standard, true
	}
	if d.required || d.optional {
		if d.required && d.optional {
			return said, lockstep.Errorf(lockstep.CodeInvalid, "choose one of --required and --optional")
		}
		c.Required, said = &d.required, true
	}
	var v lockstep.VariableValidation
	rules := false
	for _, name := range []string{"pattern", "enum", "min", "max", "min-length", "max-length", "schema"} {
		rules = rules || given(name)
	}
	if !rules {
		return said, nil
	}
	v.Pattern, v.Enum, v.MinLength, v.MaxLength = d.pattern, d.enum, d.shortest, d.longest
	if given("min") {
		v.Min = &d.least
	}
	if given("max") {
		v.Max = &d.greatest
	}
	if d.sch != "" {
		raw, err := os.ReadFile(d.sch)
		if err == nil {
			err = json.Unmarshal(raw, &v.Schema)
		}
		if err != nil {
			return said, lockstep.Errorf(lockstep.CodeInvalid, "the schema %s cannot be read: %w", d.sch, err)
		}
	}
	c.Validation = &v
	return true, nil
}

func (a *app) varsSetCommand() *cobra.Command {
	var of whose
	var where scopeFlags
	var d demands
	var how changeFlags
	cmd := &cobra.Command{
		Use:   "set ENV KEY=VALUE...",
		Short: "Set variables, or say what they have to be",
		Long: `Sets variables of an environment, of a type or of the project. What is not named
stays. KEY alone, with --required or another demand, declares a variable that
others fill in: what a level above demands is demanded of every value below.

A secret is never written into the command: lockstep vars set ENV KEY --secret
asks for it, or reads it from standard input.`,
		Example: `  lockstep vars set staging LOG_LEVEL=debug --service backend
  lockstep vars set --everywhere 'API_URL=https://api.${LOCKSTEP_ENVIRONMENT}.example.com'
  lockstep vars set --everywhere PAYMENT_URL --type url --required
  lockstep vars set production DATABASE_PASSWORD --secret < password.txt`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			owner, rest, err := of.read(cmd, args)
			if err == nil && len(rest) == 0 {
				err = lockstep.Errorf(lockstep.CodeInvalid, "something is missing: `%s`", usage(cmd))
			}
			if err != nil {
				return err
			}
			if owner.Environment == "" && !strings.Contains(rest[0], "=") && slices.ContainsFunc(rest, isAssignment) {
				return lockstep.Errorf(lockstep.CodeInvalid, "%s has no value; where it is an environment, leave out --everywhere and --of-type, or leave out its name", cut(rest[0]))
			}
			changes := make([]lockstep.VariableChange, 0, len(rest))
			for _, text := range rest {
				change, err := a.assigned(cmd, text, where, &d, len(rest) == 1)
				if err != nil {
					return err
				}
				changes = append(changes, change)
				how.inCommand = how.inCommand || isAssignment(text)
			}
			how.rotate = d.rotate
			return a.changeVariables(cmd, owner, changes, how)
		},
	}
	of.flags(cmd)
	where.flags(cmd)
	d.flags(cmd)
	how.flags(cmd)
	return cmd
}

func isAssignment(text string) bool { return strings.Contains(text, "=") }

// assigned reads KEY=VALUE, or KEY with a value from elsewhere.
func (a *app) assigned(cmd *cobra.Command, text string, where scopeFlags, d *demands, only bool) (lockstep.VariableChange, error) {
	name, value, assigned := strings.Cut(text, "=")
	change, err := where.change(name)
	if err != nil {
		return change, err
	}
	said, err := d.onto(cmd, &change)
	if err != nil {
		return change, err
	}
	secret := d.secret || d.kind == string(lockstep.VariableSecret)
	switch {
	case assigned && secret:
		return change, lockstep.Errorf(lockstep.CodeInvalid, "a secret in a command is read by everybody who lists processes, and stays in the shell's history: leave =VALUE out, and it is asked for, or read from standard input")
	case assigned:
		change.Value = &value
	case secret || d.stdin:
		if !only {
			return change, lockstep.Errorf(lockstep.CodeInvalid, "one value is read at a time: set %s by itself", name)
		}
		if value, err = a.readValue(name, secret); err != nil {
			return change, err
		}
		change.Value = &value
	case !said:
		return change, lockstep.Errorf(lockstep.CodeInvalid, "%s has no value: write %s=VALUE, or read it from standard input with --stdin", name, name)
	}
	return change, nil
}

// readValue asks for a value on a terminal, where a secret is not shown, and
// reads all of standard input elsewhere.
func (a *app) readValue(name string, secret bool) (string, error) {
	if f, ok := a.In.(*os.File); ok && isTerminal(a.In) {
		fmt.Fprintf(a.Err, "Value of %s: ", name)
		if !secret {
			return a.allInput()
		}
		raw, err := term.ReadPassword(int(f.Fd()))
		line(a.Err, "")
		if err != nil {
			return "", fmt.Errorf("read the value: %w", err)
		}
		if len(raw) == 0 {
			return "", lockstep.Errorf(lockstep.CodeInvalid, "nothing was entered: %s stays as it is", name)
		}
		return string(raw), nil
	}
	value, err := a.allInput()
	if err == nil && secret && value == "" {
		err = lockstep.Errorf(lockstep.CodeInvalid, "standard input is empty: %s stays as it is", name)
	}
	return value, err
}

func (a *app) allInput() (string, error) {
	raw, err := io.ReadAll(io.LimitReader(a.In, lockstep.MaxVariableValue+3))
	if err != nil {
		return "", fmt.Errorf("read the value: %w", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r"), nil
}

// assignments reads KEY=VALUE of a flag.
func assignments(list []string) (map[string]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := make(map[string]string, len(list))
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if _, twice := out[name]; !ok || twice {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "--set %s: write KEY=VALUE, each key once", name)
		}
		out[name] = value
	}
	return out, nil
}
