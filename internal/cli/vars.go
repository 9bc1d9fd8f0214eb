package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) varsCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "vars",
		Short: "Variables of environments, types and projects",
		Long: `Variables are given to services. What a project says (--everywhere) holds in all
of its environments, what a type says (--of-type) in those of the type, and what
an environment says itself wins over both. What the matrix says stands among
them: at one level, what is set by hand wins.

A value may say ${OTHER}; $${ is the text ${. What runs changes with the next
deployment with --with-config latest, or at once with --apply.`,
		Args: cobra.ArbitraryArgs,
	}, a.varsListCommand(), a.varsGetCommand(), a.varsSetCommand(), a.varsUnsetCommand(), a.varsExplainCommand(),
		a.varsWhoUsesCommand(), a.varsRevokeCommand(), a.varsExportCommand(), a.varsImportCommand())
}

// whose are the flags that say whose variables are meant.
type whose struct {
	everywhere bool
	ofType     string
}

func (o *whose) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.everywhere, "everywhere", false, "of the project: for all of its environments")
	f.StringVar(&o.ofType, "of-type", "", "of a type: for all environments of it (development, staging, production, …)")
	environmentFlag(cmd)
}

// read finds the owner, and the arguments that are left.
func (o *whose) read(cmd *cobra.Command, args []string) (client.VariableOwner, []string, error) {
	named, _ := cmd.Flags().GetString("environment")
	switch {
	case o.everywhere && (o.ofType != "" || named != "") || o.ofType != "" && named != "":
		return client.VariableOwner{}, nil, lockstep.Errorf(lockstep.CodeInvalid, "choose one: an environment, --of-type or --everywhere")
	case o.everywhere:
		return client.VariableOwner{}, args, nil
	case o.ofType != "":
		return client.VariableOwner{Type: lockstep.EnvironmentType(o.ofType)}, args, nil
	}
	name, rest, err := environmentArg(cmd, args)
	if err == nil && strings.Contains(name, "=") {
		err = lockstep.Errorf(lockstep.CodeInvalid, "name an environment before %s, or say --everywhere: `%s`", cut(name), usage(cmd))
	}
	return client.VariableOwner{Environment: name}, rest, err
}

// cut is the name of KEY=VALUE: values do not belong into messages.
func cut(assignment string) string {
	name, _, _ := strings.Cut(assignment, "=")
	return name
}

// ownerClient is the client, which knows the project's name where that is the
// owner.
func (a *app) ownerClient(cmd *cobra.Command, owner client.VariableOwner) (*client.Client, error) {
	c, err := a.client()
	if err != nil || owner != (client.VariableOwner{}) || c.Project() != "" {
		return c, err
	}
	types, err := c.Variables(cmd.Context(), client.VariableOwner{Type: lockstep.TypeProduction}, client.VariableQuery{})
	return c.WithProject(types.Project), err
}

func ownerText(o client.VariableOwner, project string) string {
	switch {
	case o.Environment != "":
		return o.Environment
	case o.Type != "":
		return "type " + string(o.Type)
	}
	return "project " + project
}

func (a *app) varsListCommand() *cobra.Command {
	var of whose
	var query client.VariableQuery
	cmd := &cobra.Command{
		Use:   "list ENV",
		Short: "List variables, and where each comes from",
		Long: `Of an environment these are the variables of all levels, as they win; --own
leaves out what it inherits. With --service, what that service gets. Of a secret
the version is shown; --reveal shows the value, and who asked is noted.`,
		Example: "  lockstep vars list staging\n  lockstep vars list staging --service backend\n  lockstep vars list --everywhere",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			owner, rest, err := of.read(cmd, args)
			if err == nil {
				err = atMost(0)(cmd, rest)
			}
			if err != nil {
				return err
			}
			c, err := a.ownerClient(cmd, owner)
			if err != nil {
				return err
			}
			list, err := c.Variables(cmd.Context(), owner, query)
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) { a.writeVariables(w, owner, list) })
		},
	}
	of.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&query.Service, "service", "", "as this service gets them")
	f.BoolVar(&query.Own, "own", false, "only what the environment says itself")
	f.BoolVar(&query.Reveal, "reveal", false, "with the values of secrets; who asked is noted")
	return cmd
}

func (a *app) writeVariables(w io.Writer, owner client.VariableOwner, list client.Variables) {
	p := a.paint(w)
	if len(list.Variables) == 0 {
		line(w, "%s has no variables: lockstep vars set %s KEY=VALUE", ownerText(owner, list.Project), ownerFlag(owner))
	} else {
		t := table{head: []string{"NAME", "VALUE", "TYPE", "FROM", "CHANGED"}}
		for _, v := range list.Variables {
			t.add(slotText(v), valueText(p, v, v.Value), string(v.Type), originText(v), changedText(v))
		}
		t.write(w)
	}
	a.writeProblems(w, list.Problems, "Nothing can be deployed with this configuration:")
	if list.Environment != "" && list.Running > 0 && list.Running != list.Version {
		line(w, "%s", p.dim(fmt.Sprintf("This is configuration %d; %d runs. lockstep config diff %s", list.Version, list.Running, list.Environment)))
	}
}

func ownerFlag(o client.VariableOwner) string {
	switch {
	case o.Environment != "":
		return o.Environment
	case o.Type != "":
		return "--of-type " + string(o.Type)
	}
	return "--everywhere"
}

// slotText names a variable as vars set takes it apart: SERVICE/KEY.
func slotText(v lockstep.Variable) string { return v.Slot() }

// valueText is a value in one line.
func valueText(p paint, v lockstep.Variable, value string) string {
	switch {
	case v.Sensitive && value == lockstep.Redacted:
		return p.dim(fmt.Sprintf("secret, version %d", v.SecretVersion))
	case value == "" && v.DefaultValue != nil:
		return p.dim("(default) ") + valueLine(*v.DefaultValue)
	case value == "" && v.Required:
		return p.warn("required, no value")
	case value == "":
		return p.dim(`""`)
	}
	return valueLine(value)
}

func valueLine(text string) string {
	const most = 80
	first, rest, more := strings.Cut(text, "\n")
	if runes := []rune(first); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	if more && rest != "" {
		return first + " …"
	}
	return first
}

func originText(v lockstep.Variable) string {
	text := string(v.Level) + " " + v.Owner
	if v.ModifiedBy == "" && v.Level != lockstep.LevelBuiltin && v.Level != lockstep.LevelDeployment {
		text += " (matrix)"
	}
	return text
}

func changedText(v lockstep.Variable) string {
	if v.ModifiedBy == "" {
		return ""
	}
	return ago(time.Now(), v.LastModified) + " by " + v.ModifiedBy
}

func (a *app) writeProblems(w io.Writer, problems []lockstep.Problem, title string) {
	if len(problems) == 0 {
		return
	}
	p := a.paint(w)
	line(w, "%s", p.bad(title))
	for _, one := range problems {
		line(w, "%s", one.Text(nil))
	}
}

func (a *app) varsGetCommand() *cobra.Command {
	var service string
	var reveal bool
	cmd := &cobra.Command{
		Use:   "get ENV KEY",
		Short: "Print one value, as services get it",
		Long: `Prints the value and nothing else, with its references put in. Where services
get different ones, --service says which is meant. A secret is printed only with
--reveal, and who asked is noted.`,
		Example: "  lockstep vars get staging DATABASE_URL --service backend",
		Args:    betweenArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, key, err := environmentAnd(cmd, args, "something is missing")
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			value, err := a.oneValue(cmd, c, env, key, service, reveal)
			if err != nil {
				return err
			}
			return a.print(map[string]string{"key": key, "value": value}, func(w io.Writer) { line(w, "%s", value) })
		},
	}
	cmd.Flags().StringVar(&service, "service", "", "as this service gets it")
	cmd.Flags().BoolVar(&reveal, "reveal", false, "also where it is a secret; who asked is noted")
	environmentFlag(cmd)
	return cmd
}

func (a *app) oneValue(cmd *cobra.Command, c *client.Client, env, key, service string, reveal bool) (string, error) {
	all, err := c.ExplainVariable(cmd.Context(), env, key, service)
	if err != nil {
		return "", err
	}
	for _, e := range all[1:] {
		if e.Value != all[0].Value {
			names := make([]string, len(all))
			for i := range all {
				names[i] = all[i].Service
			}
			return "", lockstep.Errorf(lockstep.CodeInvalid, "%s get different values of %s: say which is meant with --service", strings.Join(names, " and "), key)
		}
	}
	if all[0].Value != lockstep.Redacted {
		return all[0].Value, nil
	}
	if !reveal {
		return "", lockstep.Errorf(lockstep.CodeInvalid, "%s is a secret, or has one in it: --reveal prints a secret, and notes who asked", key)
	}
	list, err := c.Variables(cmd.Context(), client.VariableOwner{Environment: env}, client.VariableQuery{Service: all[0].Service, Key: key, Reveal: true})
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list.Variables, func(v lockstep.Variable) bool { return v.Key == key })
	if i < 0 || !list.Variables[i].Sensitive {
		return "", lockstep.Errorf(lockstep.CodeInvalid, "%s has a secret in it by a reference: ask for that one (lockstep vars explain %s %s)", key, env, key)
	}
	return list.Variables[i].Value, nil
}

func (a *app) varsUnsetCommand() *cobra.Command {
	var of whose
	var where scopeFlags
	var how changeFlags
	cmd := &cobra.Command{
		Use:     "unset ENV KEY...",
		Short:   "Remove variables; what is inherited shows again",
		Example: "  lockstep vars unset staging LOG_LEVEL --service backend\n  lockstep vars unset --everywhere OLD_URL",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			owner, rest, err := of.read(cmd, args)
			if err == nil && len(rest) == 0 {
				err = lockstep.Errorf(lockstep.CodeInvalid, "something is missing: `%s`", usage(cmd))
			}
			if err != nil {
				return err
			}
			var changes []lockstep.VariableChange
			for _, name := range rest {
				change, err := where.change(name)
				if err != nil {
					return err
				}
				change.Remove = true
				changes = append(changes, change)
			}
			return a.changeVariables(cmd, owner, changes, how)
		},
	}
	of.flags(cmd)
	where.flags(cmd)
	how.flags(cmd)
	return cmd
}

// changeFlags are those of every change of a configuration.
type changeFlags struct {
	apply, dryRun, noWait bool
	yes                   bool
	message               string
	inCommand             bool // the values stand in the command
	rotate                bool // secrets get a new version, even of the same value
}

func (h *changeFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&h.message, "message", "m", "", "why, kept with the version")
	f.BoolVar(&h.apply, "apply", false, "deploy what runs with it, and watch that go")
	f.BoolVar(&h.dryRun, "dry-run", false, "say what would change, change nothing")
	f.BoolVarP(&h.yes, "yes", "y", false, "with --apply: do not ask")
	f.BoolVar(&h.noWait, "no-wait", false, "with --apply: return once the deployment is queued")
}

func (h *changeFlags) options() client.ConfigOptions {
	return client.ConfigOptions{DryRun: h.dryRun, IdempotencyKey: uuid.NewString(), Description: h.message, Apply: h.apply, RotateSecrets: h.rotate}
}

func (a *app) changeVariables(cmd *cobra.Command, owner client.VariableOwner, changes []lockstep.VariableChange, how changeFlags) error {
	c, err := a.ownerClient(cmd, owner)
	if err != nil {
		return err
	}
	if err := a.confirmApply(cmd.Context(), c, owner.Environment, how); err != nil {
		return err
	}
	result, err := c.UpdateVariables(cmd.Context(), owner, changes, how.options())
	if err != nil {
		return err
	}
	if how.inCommand {
		a.warnOfSecrets(owner, result.Changes)
	}
	return a.configured(cmd, c, owner, result, how)
}

// confirmApply asks before a change goes to users at once. What is only
// recorded waits for a deployment, and needs no question.
func (a *app) confirmApply(ctx context.Context, c *client.Client, name string, how changeFlags) error {
	if !how.apply || how.dryRun || how.yes || name == "" {
		return nil
	}
	env, err := c.Environment(ctx, name)
	if err != nil {
		return err
	}
	serves, err := served(ctx, c, env)
	if err != nil || serves == "" {
		return err
	}
	return a.confirm(fmt.Sprintf("Deploy %s (%s) with the changed configuration?", env.Name, serves))
}

// warnOfSecrets says which of the values that stood in a command were secrets:
// only the server knows.
func (a *app) warnOfSecrets(owner client.VariableOwner, changes []lockstep.ConfigChange) {
	for _, c := range changes {
		name, ok := strings.CutPrefix(c.Path, "variables.")
		if c.NewValue != lockstep.Redacted || !ok {
			continue
		}
		if feature, ok := strings.CutPrefix(name, "features."); ok {
			at := strings.LastIndex(feature, ".")
			name = feature[at+1:] + " --feature " + feature[:at]
		} else {
			name = strings.Replace(name, ".", "/", 1)
		}
		paragraph(a.Err, fmt.Sprintf("%s %s is a secret, and its value stood in the command: everybody who lists processes could read it, and it stays in the shell's history. Give it another one: lockstep vars set %s %s --secret",
			a.paint(a.Err).warn("!"), name, ownerFlag(owner), name))
	}
}

// configured tells what became of a change, and follows the deployment that it
// started.
func (a *app) configured(cmd *cobra.Command, c *client.Client, owner client.VariableOwner, result lockstep.ConfigUpdateResult, how changeFlags) error {
	err := a.print(result, func(w io.Writer) { a.writeConfigured(w, owner, result, how) })
	if err != nil || result.Deployment == nil || how.dryRun {
		return err
	}
	return a.started(cmd.Context(), c, *result.Deployment, how.noWait)
}

func (a *app) writeConfigured(w io.Writer, owner client.VariableOwner, result lockstep.ConfigUpdateResult, how changeFlags) {
	a.writeChanges(w, result.Changes)
	if v := result.ValidationResult; v != nil {
		a.writeProblems(w, v.Errors, "Nothing can be deployed with it yet:")
		if len(v.Warnings) > 0 {
			line(w, "%s", a.paint(w).warn("Look at these:"))
			for _, one := range v.Warnings {
				line(w, "%s", one.Text(nil))
			}
		}
	}
	made := make([]string, len(result.Environments))
	for i, m := range result.Environments {
		made[i] = fmt.Sprintf("%d of %s", m.Number, m.Environment)
	}
	switch {
	case how.dryRun && len(result.Changes) > 0:
		line(w, "Nothing was changed.")
	case len(result.Changes) == 0 && len(made) == 0:
		line(w, "Nothing changes: it is like that already.")
	case len(made) == 0:
		line(w, "Recorded. No environment's configuration changes by it.")
	case result.Deployment != nil || result.ValidationResult != nil && len(result.ValidationResult.Errors) > 0:
		line(w, "Recorded as configuration %s.", strings.Join(made, ", "))
	default:
		if owner.Environment == "" && len(result.Environments) == 1 {
			owner.Environment = result.Environments[0].Environment
		}
		line(w, "Recorded as configuration %s. It ships with: %s", strings.Join(made, ", "), shipping(cmp.Or(owner.Environment, "ENV")))
	}
}

// shipping is the command that brings what is recorded to what runs.
func shipping(env string) string {
	return fmt.Sprintf("lockstep deploy %s --with-config latest", env)
}

// writeChanges shows changes as diffs do.
func (a *app) writeChanges(w io.Writer, changes []lockstep.ConfigChange) {
	p := a.paint(w)
	for _, c := range changes {
		line(w, "%s", changeLine(p, c))
	}
}

// changeLine is a change in one line, wherever one is shown.
func changeLine(p paint, c lockstep.ConfigChange) string {
	switch {
	case c.Type == lockstep.ConfigAdd:
		return fmt.Sprintf("%s %s: %s", p.good("+"), c.Path, changeText(c.NewValue))
	case c.Type == lockstep.ConfigRemove:
		return fmt.Sprintf("%s %s: %s", p.bad("-"), c.Path, changeText(c.OldValue))
	case c.OldValue == lockstep.Redacted && c.NewValue == lockstep.Redacted:
		return fmt.Sprintf("%s %s: another value %s", p.warn("~"), c.Path, lockstep.Redacted)
	}
	return fmt.Sprintf("%s %s: %s → %s", p.warn("~"), c.Path, changeText(c.OldValue), changeText(c.NewValue))
}
