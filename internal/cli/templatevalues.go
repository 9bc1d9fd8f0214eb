package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/template"
)

// templateValues are the flags that give values to a template's variables.
type templateValues struct {
	set     []string
	file    string
	secrets []string
}

func (v *templateValues) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&v.set, "set", nil, "KEY=VALUE of a variable of the template")
	f.StringVar(&v.file, "values", "", "a YAML or JSON file with variables; - reads standard input")
	f.StringArrayVar(&v.secrets, "secret", nil, "KEY of a sensitive variable: asks for it, or reads a line of standard input")
}

func (v *templateValues) given() bool { return len(v.set)+len(v.secrets) > 0 || v.file != "" }

// read is what was given. A secret among --set is refused: arguments are seen
// by everybody on the machine.
func (v *templateValues) read(a *app, t lockstep.ConfigTemplate) (map[string]any, error) {
	out := map[string]any{}
	if v.file != "" {
		text, err := os.ReadFile(v.file)
		if v.file == "-" {
			text, err = io.ReadAll(io.LimitReader(a.In, maxTemplate))
		}
		if err != nil {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "the values cannot be read: %w", err)
		}
		if err := yaml.Unmarshal(text, &out); err != nil {
			// What the parser says would show what is in the file.
			return nil, lockstep.Invalid("values", "%s is no YAML object with a value below each name", inputName(v.file))
		}
	}
	for _, pair := range v.set {
		key, value, found := strings.Cut(pair, "=")
		if !found || key == "" {
			return nil, lockstep.Invalid("set", "write --set KEY=VALUE")
		}
		if slices.ContainsFunc(t.Variables, func(d lockstep.TemplateVariable) bool { return d.Key == key && template.Sensitive(d) }) {
			return nil, lockstep.Invalid("set", "%s is sensitive, and arguments are seen by everybody on this machine: use --secret %s, or --values FILE", key, key)
		}
		out[key] = value
	}
	in := bufio.NewReader(a.In)
	for _, key := range v.secrets {
		value, err := a.askSecret(in, key)
		if err != nil {
			return nil, err
		}
		out[key] = value
	}
	return out, nil
}

// askSecret asks for a value that is not shown, or reads it where nobody is
// there to ask.
func (a *app) askSecret(in *bufio.Reader, key string) (string, error) {
	if f, ok := a.In.(*os.File); ok && isTerminal(f) {
		fmt.Fprintf(a.Err, "%s: ", key)
		value, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.Err)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", key, err)
		}
		return string(value), nil
	}
	value, err := in.ReadString('\n')
	if err != nil && value == "" {
		return "", lockstep.Invalid("secret", "there is no line for %s on standard input", key)
	}
	return strings.TrimRight(value, "\r\n"), nil
}
