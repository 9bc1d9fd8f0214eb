package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) configCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "config",
		Short: "The configuration of environments, and its versions",
		Long: `An environment's configuration is its variables (lockstep vars), what the matrix
says of its services, and nine sections: general, application, infrastructure,
integrations, features, performance, logging, backup and maintenance. Each
change makes a version that stays as it is and can be restored.`,
		Args: cobra.ArbitraryArgs,
	}, a.configGetCommand(), a.configSetCommand(), a.configUnsetCommand(), a.configEditCommand(), a.configVersionsCommand(), a.configDiffCommand(), a.configRestoreCommand())
}

func (a *app) configGetCommand() *cobra.Command {
	var version string
	cmd := &cobra.Command{
		Use:     "get ENV [PATH]",
		Short:   "Print the sections, or what stands at a path of them",
		Example: "  lockstep config get staging\n  lockstep config get staging logging.level",
		Args:    atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, rest, err := environmentArg(cmd, args)
			if err == nil {
				err = atMost(1)(cmd, rest)
			}
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			v, err := c.ConfigVersion(cmd.Context(), env, version)
			if err != nil {
				return err
			}
			var found any = v
			if len(rest) > 0 {
				if found, err = at(v.Document.Sections, rest[0]); err != nil {
					return err
				}
			}
			return a.print(found, func(w io.Writer) { a.writeConfig(w, env, v, found, len(rest) > 0) })
		},
	}
	cmd.Flags().StringVar(&version, "version", "latest", "a number, latest or running")
	environmentFlag(cmd)
	return cmd
}

func (a *app) writeConfig(w io.Writer, env string, v lockstep.ConfigVersion, found any, path bool) {
	if path {
		_, isMap := found.(map[string]any)
		_, isList := found.([]any)
		if !isMap && !isList {
			line(w, "%v", found)
			return
		}
		writeYAML(w, found)
		return
	}
	p := a.paint(w)
	line(w, "%s", p.dim(fmt.Sprintf("# configuration %d of %s, %s by %s: %s", v.Number, env, ago(time.Now(), v.CreatedAt), v.Author, v.Message)))
	if len(v.Document.Sections) == 0 {
		line(w, "No section says anything: lockstep config set %s general.region=eu-1", env)
	}
	for _, name := range lockstep.ConfigSections() {
		if section, ok := v.Document.Sections[name]; ok {
			writeYAML(w, map[string]any{string(name): section})
		}
	}
	if n := len(v.Document.Variables); n > 0 {
		line(w, "%s", p.dim(fmt.Sprintf("# and %s: lockstep vars list %s", count(n, "variable"), env)))
	}
}

func writeYAML(w io.Writer, v any) {
	raw, err := json.Marshal(v)
	if err == nil {
		raw, err = yaml.JSONToYAML(raw)
	}
	if err != nil {
		line(w, "%v", v)
		return
	}
	fmt.Fprint(w, string(raw))
}

// at is what stands at a path of the sections.
func at(sections map[lockstep.ConfigSection]any, path string) (any, error) {
	root := map[string]any{}
	for name, s := range sections {
		root[string(name)] = s
	}
	var here any = root
	for _, step := range strings.Split(path, ".") {
		next, ok := child(here, step)
		if !ok {
			return nil, lockstep.Errorf(lockstep.CodeNotFound, "nothing is set at %s", path)
		}
		here = next
	}
	return here, nil
}

func child(v any, step string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		next, ok := v[step]
		return next, ok
	case []any:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

func (a *app) configSetCommand() *cobra.Command {
	var how changeFlags
	cmd := &cobra.Command{
		Use:   "set ENV PATH=VALUE...",
		Short: "Set what stands at paths of the sections",
		Long: `Values are YAML: true, 8, "8", [a, b], {enabled: true}. What a section may say is
checked; what is not named stays.`,
		Example: `  lockstep config set staging logging.level=debug features.flags.checkout='{enabled: true}'`,
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.patchConfig(cmd, args, how, func(text string) (string, any, error) {
				path, value, ok := strings.Cut(text, "=")
				if !ok {
					return "", nil, lockstep.Errorf(lockstep.CodeInvalid, "%s has no value: write PATH=VALUE", path)
				}
				parsed, err := yamlValue(value)
				if err != nil {
					return "", nil, lockstep.Errorf(lockstep.CodeInvalid, "the value of %s is no YAML: put it in quotes", path)
				}
				return path, parsed, nil
			})
		},
	}
	how.flags(cmd)
	environmentFlag(cmd)
	return cmd
}

func yamlValue(text string) (any, error) {
	if text == "" {
		return "", nil
	}
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return nil, err
	}
	var out any
	return out, json.Unmarshal(raw, &out)
}

func (a *app) configUnsetCommand() *cobra.Command {
	var how changeFlags
	cmd := &cobra.Command{
		Use:     "unset ENV PATH...",
		Short:   "Remove what stands at paths of the sections",
		Example: "  lockstep config unset staging logging.level backup",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.patchConfig(cmd, args, how, func(path string) (string, any, error) { return path, nil, nil })
		},
	}
	how.flags(cmd)
	environmentFlag(cmd)
	return cmd
}

// patchConfig changes sections by what read makes of each argument.
func (a *app) patchConfig(cmd *cobra.Command, args []string, how changeFlags, read func(string) (string, any, error)) error {
	env, rest, err := environmentArg(cmd, args)
	if err == nil && len(rest) == 0 {
		err = lockstep.Errorf(lockstep.CodeInvalid, "something is missing: `%s`", usage(cmd))
	}
	if err != nil {
		return err
	}
	root := map[string]any{}
	for _, text := range rest {
		path, value, err := read(text)
		if err != nil {
			return err
		}
		put(root, strings.Split(path, "."), value)
	}
	patch := map[lockstep.ConfigSection]any{}
	for name, value := range root {
		patch[lockstep.ConfigSection(name)] = value
	}
	c, err := a.client()
	if err != nil {
		return err
	}
	if err := a.confirmApply(cmd.Context(), c, env, how); err != nil {
		return err
	}
	result, err := c.UpdateConfig(cmd.Context(), env, patch, nil, how.options())
	if err != nil {
		return err
	}
	return a.configured(cmd, c, client.VariableOwner{Environment: env}, result, how)
}

// put writes a value into a merge patch.
func put(root map[string]any, path []string, value any) {
	if len(path) == 1 {
		root[path[0]] = value
		return
	}
	next, ok := root[path[0]].(map[string]any)
	if !ok {
		next = map[string]any{}
		root[path[0]] = next
	}
	put(next, path[1:], value)
}

func (a *app) configVersionsCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "versions ENV",
		Short: "List the versions of a configuration, the newest first",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			list, err := c.ConfigVersions(cmd.Context(), env, client.Page{Limit: limit})
			if err != nil {
				return err
			}
			config, err := c.Config(cmd.Context(), env)
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				p := a.paint(w)
				t := table{head: []string{"VERSION", "MADE", "BY", "WHAT", ""}}
				for _, v := range list.Items {
					runs := ""
					if v.Number == config.Running {
						runs = p.good("runs")
					}
					t.add(strconv.FormatInt(v.Number, 10), ago(time.Now(), v.CreatedAt), v.Author, valueLine(v.Message), runs)
				}
				t.write(w)
				if list.NextCursor != "" {
					line(w, "%s", p.dim("There are older ones: --limit"))
				}
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "at most so many")
	environmentFlag(cmd)
	return cmd
}

func (a *app) configDiffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff ENV [FROM] [TO]",
		Short: "Show what differs between two versions",
		Long: `Versions are numbers, latest or running. By default it is what runs against what
is recorded: what a deployment with --with-config latest would change.`,
		Example: "  lockstep config diff staging\n  lockstep config diff staging 4 7",
		Args:    atMost(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, rest, err := environmentArg(cmd, args)
			if err == nil {
				err = atMost(2)(cmd, rest)
			}
			if err != nil {
				return err
			}
			from, to := "running", "latest"
			if len(rest) > 0 {
				from = rest[0]
			}
			if len(rest) > 1 {
				to = rest[1]
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			diff, err := c.DiffConfig(cmd.Context(), env, from, to)
			if err != nil {
				return err
			}
			return a.print(diff, func(w io.Writer) {
				if len(diff.Changes) == 0 {
					line(w, "Configuration %d and %d of %s say the same.", diff.From, diff.To, env)
					return
				}
				line(w, "%s", a.paint(w).dim(fmt.Sprintf("configuration %d → %d of %s", diff.From, diff.To, env)))
				a.writeChanges(w, diff.Changes)
			})
		},
	}
	environmentFlag(cmd)
	return cmd
}

func (a *app) configRestoreCommand() *cobra.Command {
	var how changeFlags
	cmd := &cobra.Command{
		Use:   "restore ENV VERSION",
		Short: "Make an earlier version the newest again",
		Long: `The environment's own variables and its sections are as they were then, in a new
version. What it inherits and what the matrix says stays as it is now; what
differs by that is named.`,
		Example: "  lockstep config restore staging 4 --apply",
		Args:    atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, version, err := environmentAnd(cmd, args, "something is missing")
			if err != nil {
				return err
			}
			number, err := strconv.ParseInt(version, 10, 64)
			if err != nil {
				return lockstep.Errorf(lockstep.CodeInvalid, "%q is no version: lockstep config versions %s lists them", version, env)
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			if err := a.confirmApply(cmd.Context(), c, env, how); err != nil {
				return err
			}
			result, err := c.RestoreConfig(cmd.Context(), env, number, how.options())
			if err != nil {
				return err
			}
			return a.configured(cmd, c, client.VariableOwner{Environment: env}, result, how)
		},
	}
	how.flags(cmd)
	environmentFlag(cmd)
	return cmd
}

func changeText(v any) string {
	switch v := v.(type) {
	case string:
		if v == "" {
			return `""`
		}
		return valueLine(v)
	case nil:
		return "–"
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return valueLine(string(raw))
}
