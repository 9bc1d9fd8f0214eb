package agent

import (
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// variables are what a process gets of its own. Placeholders are filled in
// texts: what a secret holds stays as it is.
func variables(texts map[string]string, secrets map[string]lockstep.SecretText, fill *strings.Replacer) ([]string, error) {
	out := make([]string, 0, len(texts)+len(secrets))
	for key, text := range texts {
		out = append(out, key+"="+fill.Replace(text))
	}
	for key, text := range secrets {
		value, err := text.Join(fill.Replace)
		if err != nil {
			return nil, err
		}
		out = append(out, key+"="+value)
	}
	return out, nil
}

// checkVariables finds out before anything is started what would keep a
// process from getting its variables. No message holds a value.
func checkVariables(service string, texts map[string]string, secrets map[string]lockstep.SecretText) error {
	names := make([]string, 0, len(texts)+len(secrets))
	for name := range texts {
		names = append(names, name)
	}
	for name, text := range secrets {
		names = append(names, name)
		value, err := text.Join(func(text string) string { return text })
		if err != nil {
			return err
		}
		if strings.ContainsRune(value, 0) {
			return lockstep.Invalid("env", "service %s: the value of %s holds a NUL character, which no variable can: set another value", service, name)
		}
	}
	for _, name := range names {
		if name == envAgent || name == envLaunch {
			return lockstep.Invalid("env", "service %s sets %s, which is the agent's to set: choose another name", service, name)
		}
	}
	return nil
}
