package suite

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// programs returns the folder that holds all the named programs: the one of the first in PATH, or else the one
// with the newest version in its name among those that match a pattern.
func programs(names []string, patterns ...string) (string, error) {
	var dirs []string
	if path, err := exec.LookPath(names[0]); err == nil {
		// A link in PATH may lead to one program of a set only; its target has the others beside it.
		if target, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", fmt.Errorf("search %s: %w", pattern, err)
		}
		slices.SortFunc(found, newestFirst)
		dirs = append(dirs, found...)
	}
	for _, dir := range dirs {
		if holdsAll(dir, names) {
			return dir, nil
		}
	}
	places := append([]string{"PATH"}, patterns...)
	return "", errors.New(strings.Join(names, ", ") + " not found in " + strings.Join(places, ", "))
}

func holdsAll(dir string, names []string) bool {
	for _, name := range names {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// newestFirst orders folders such as /usr/lib/postgresql/9/bin and …/15/bin by the number in them.
func newestFirst(a, b string) int {
	if diff := version(b) - version(a); diff != 0 {
		return diff
	}
	return strings.Compare(a, b)
}

func version(dir string) int {
	digits := strings.FieldsFunc(dir, func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) == 0 {
		return 0
	}
	n, err := strconv.Atoi(digits[len(digits)-1])
	if err != nil {
		return 0 // too long to be a version
	}
	return n
}
