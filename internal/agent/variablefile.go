package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// variableFiles is where the values lie that an instance gets as files. They
// go with the instance.
func (a *agent) variableFiles(env, instance string) string {
	return a.scratch(env, instance) + ".variables"
}

// asFiles writes the values of some variables into files of a new directory
// that only their user can read, and gives their paths instead.
func (a *agent) asFiles(dir string, own, names []string, owner *account) ([]string, error) {
	if len(names) == 0 {
		return own, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return nil, fmt.Errorf("the files of its variables: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the files of its variables: %w", err)
	}
	out := make([]string, len(own))
	for n, kv := range own {
		name, value, _ := strings.Cut(kv, "=")
		if !slices.Contains(names, name) {
			out[n] = kv
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			return nil, fmt.Errorf("the file of variable %s: %w", name, err)
		}
		if owner != nil {
			if err := os.Chown(path, int(owner.credential.Uid), int(owner.credential.Gid)); err != nil {
				return nil, fmt.Errorf("give user %s the file of variable %s: %w", owner.name, name, err)
			}
		}
		out[n] = name + "=" + path
	}
	if owner != nil {
		return out, a.admit(owner, dir, true)
	}
	return out, nil
}
