package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) configEditCommand() *cobra.Command {
	var how changeFlags
	cmd := &cobra.Command{
		Use:   "edit ENV",
		Short: "Edit the own variables and the sections in your editor",
		Long: `Opens $VISUAL or $EDITOR on what the environment says itself, as YAML. What is
taken out is removed. Nothing is changed where somebody else changed the
configuration meanwhile; the text is kept then.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			return a.editConfig(cmd, c, env, how)
		},
	}
	how.flags(cmd)
	environmentFlag(cmd)
	return cmd
}

func (a *app) editConfig(cmd *cobra.Command, c *client.Client, env string, how changeFlags) error {
	config, err := c.Config(cmd.Context(), env)
	if err != nil {
		return err
	}
	before := editable(config)
	text, err := editorText(config, env, before)
	if err != nil {
		return err
	}
	edited, file, err := a.inEditor(cmd, text)
	if err != nil {
		return err
	}
	patch, changes, err := edits(before, edited)
	if err != nil {
		return lockstep.Errorf(lockstep.CodeInvalid, "%w\nYour text is kept in %s", err, file)
	}
	if len(patch) == 0 && len(changes) == 0 {
		line(a.Err, "Nothing was changed.")
		return os.Remove(file)
	}
	if err := a.confirmApply(cmd.Context(), c, env, how); err != nil {
		line(a.Err, "Your text is kept in %s", file)
		return err
	}
	options := how.options()
	options.Version, options.Hash = config.Latest, config.Version.Hash
	result, err := c.UpdateConfig(cmd.Context(), env, patch, changes, options)
	if err != nil {
		line(a.Err, "Your text is kept in %s", file)
		return err
	}
	if err := os.Remove(file); err != nil {
		return fmt.Errorf("remove the text: %w", err)
	}
	return a.configured(cmd, c, client.VariableOwner{Environment: env}, result, how)
}

// editable is what an environment says itself, as one document.
func editable(config client.EnvironmentConfig) map[string]any {
	out := map[string]any{}
	for name, section := range config.Sections {
		out[string(name)] = section
	}
	variables := map[string]any{}
	for _, v := range config.Version.Document.Variables {
		if v.Level == lockstep.LevelEnvironment {
			variables[v.Slot()] = v.Value
		}
	}
	if len(variables) > 0 {
		out["variables"] = variables
	}
	return out
}

func editorText(config client.EnvironmentConfig, env string, before map[string]any) (string, error) {
	raw, err := json.Marshal(before)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	out, err := yaml.JSONToYAML(raw)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	if len(before) == 0 {
		out = []byte("variables:\n")
	}
	names := make([]string, 0, len(lockstep.ConfigSections()))
	for _, s := range lockstep.ConfigSections() {
		names = append(names, string(s))
	}
	return fmt.Sprintf("# Configuration %d of %s: what it says itself.\n# Sections: %s.\n# Variables by KEY or SERVICE/KEY; a secret stays as it is while it reads %s.\n%s",
		config.Latest, env, strings.Join(names, ", "), lockstep.Redacted, out), nil
}

// inEditor lets a person change a text. The file is theirs alone, because
// what they write into it may be secret.
func (a *app) inEditor(cmd *cobra.Command, text string) (edited, file string, err error) {
	editor := strings.Fields(first(a.Getenv("VISUAL"), a.Getenv("EDITOR"), "vi"))
	f, err := os.CreateTemp("", "lockstep-*.yaml") // mode 0600
	if err != nil {
		return "", "", fmt.Errorf("make a file to edit: %w", err)
	}
	file = f.Name()
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", file, fmt.Errorf("write %s: %w", file, err)
	}
	run := exec.CommandContext(cmd.Context(), editor[0], append(editor[1:], file)...) //nolint:gosec // the editor that the person names
	run.Stdin, run.Stdout, run.Stderr = a.In, a.Out, a.Err
	if err := run.Run(); err != nil {
		return "", file, lockstep.Errorf(lockstep.CodeInvalid, "%s ended with an error (%w): nothing was changed; name another editor in EDITOR", editor[0], err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", file, fmt.Errorf("read %s: %w", file, err)
	}
	return string(raw), file, nil
}

// edits are what an edited text changes.
func edits(before map[string]any, text string) (map[lockstep.ConfigSection]any, []lockstep.VariableChange, error) {
	after := map[string]any{}
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err == nil && len(bytes.TrimSpace(raw)) > 0 && string(bytes.TrimSpace(raw)) != "null" {
		err = json.Unmarshal(raw, &after)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the text is no YAML of sections and variables")
	}
	old, _ := before["variables"].(map[string]any)
	now, isMap := after["variables"].(map[string]any)
	if after["variables"] != nil && !isMap {
		return nil, nil, fmt.Errorf("variables are KEY: VALUE, one below the other")
	}
	for slot, number := range numbers(text) {
		if _, is := now[slot]; is {
			now[slot] = number
		}
	}
	changes, err := variableEdits(old, now)
	patch := map[lockstep.ConfigSection]any{}
	for _, name := range slices.Sorted(maps.Keys(merge(before, after))) {
		if name == "variables" {
			continue
		}
		if difference, differs := mergePatch(before[name], after[name]); differs {
			patch[lockstep.ConfigSection(name)] = difference
		}
	}
	return patch, changes, err
}

// numbers are the variables that a text gives a number, as it is written: to
// a program 1.10 is not 1.1, and a reader of YAML keeps not every digit.
func numbers(text string) map[string]string {
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil || len(file.Docs) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, top := range entries(file.Docs[0].Body) {
		if top.Key.GetToken().Value != "variables" {
			continue
		}
		for _, v := range entries(top.Value) {
			switch v.Value.(type) {
			case *ast.IntegerNode, *ast.FloatNode:
				out[v.Key.GetToken().Value] = v.Value.GetToken().Value
			}
		}
	}
	return out
}

func entries(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func variableEdits(old, now map[string]any) (changes []lockstep.VariableChange, err error) {
	for _, slot := range slices.Sorted(maps.Keys(merge(old, now))) {
		var c lockstep.VariableChange
		c.Scope, c.Target, c.Key = lockstep.ParseSlot(slot)
		value, stays := now[slot]
		was, exists := old[slot]
		text := scalarText(value)
		switch {
		case !stays:
			c.Remove = true
		case exists && was == text:
			continue
		case text == "" && value != "" && value != nil:
			return nil, fmt.Errorf("variable %s: a value is a text, a number or a boolean", slot)
		default:
			c.Value = &text
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// scalarText is a plain YAML value as the text that a program reads.
func scalarText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool, float64:
		raw, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(raw)
	}
	return ""
}

func merge(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]any{}
	}
	maps.Copy(out, b)
	return out
}

// mergePatch is what turns one JSON value into another (RFC 7396).
func mergePatch(from, to any) (any, bool) {
	x, isMap := from.(map[string]any)
	y, alsoMap := to.(map[string]any)
	if !isMap || !alsoMap {
		return to, !reflect.DeepEqual(from, to)
	}
	out := map[string]any{}
	for key := range merge(x, y) {
		value, stays := y[key]
		if !stays {
			out[key] = nil
		} else if difference, differs := mergePatch(x[key], value); differs {
			out[key] = difference
		}
	}
	return out, len(out) > 0
}
