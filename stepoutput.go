package lockstep

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Results are what a hook left for later ones, by name.
type Results map[string]string

// Variables are how later hooks get the results of one:
// LOCKSTEP_RESULT_<HOOK>_<KEY>.
func (r Results) Variables(hook string) map[string]string {
	prefix := "LOCKSTEP_RESULT_" + strings.ToUpper(strings.ReplaceAll(hook, "-", "_")) + "_"
	out := make(map[string]string, len(r))
	for name, value := range r {
		out[prefix+name] = value
	}
	return out
}

// String lists them by name.
func (r Results) String() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(r)) {
		out = append(out, fmt.Sprintf("%s=%s", name, r[name]))
	}
	return strings.Join(out, ", ")
}

// StepOutput is what one try of a step wrote: all of it, or, where that is
// too much, its beginning and its end around a line that says so.
type StepOutput struct {
	Seq     int    `json:"seq"`
	Step    string `json:"step"`
	Try     int    `json:"try"` // from 1
	Text    string `json:"text"`
	Missing int64  `json:"missing,omitempty"` // bytes
}
