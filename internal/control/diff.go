package control

import (
	"encoding/json"
	"fmt"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// diff compares the file with what is recorded. Environments are those of
// the store and not those of the last file: one that was destroyed since is
// missing, whatever that file says.
func (c *Control) diff(p lockstep.Project, recorded []held, desired matrix.Desired) (matrix.Plan, error) {
	if p.MatrixVersion == 0 {
		return matrix.Diff(matrix.Desired{}, desired), nil
	}
	old := matrix.Desired{Project: p.Name, Pipeline: p.Pipeline}
	if m, err := matrix.Parse(p.Matrix, "the applied matrix"); err == nil {
		before := m.Desired()
		old.Services, old.Artifacts, old.Recipes, old.Specific = before.Services, before.Artifacts, before.Recipes, before.Specific
	} else {
		c.log.Warn("the applied matrix cannot be read", "project", p.Name, "error", err)
	}
	for _, h := range recorded {
		old.Environments = append(old.Environments, matrix.DesiredEnvironment{
			Name: h.env.Name, Type: h.env.Type, Description: h.env.Description, Spec: h.env.Spec, Config: h.config.Document,
		})
	}
	before, err := plain(old)
	if err != nil {
		return matrix.Plan{}, err
	}
	after, err := plain(desired)
	return matrix.Diff(before, after), err
}

// plain makes every number a plain one: the store keeps those of the blocks
// that are only recorded as they were written.
func plain(d matrix.Desired) (matrix.Desired, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return d, fmt.Errorf("matrix: %w", err)
	}
	var out matrix.Desired
	if err := json.Unmarshal(raw, &out); err != nil {
		return d, fmt.Errorf("matrix: %w", err)
	}
	return out, nil
}

// equal compares values as they are stored: as JSON.
func equal(a, b any) (bool, error) {
	x, err := lockstep.Canonical(a)
	if err != nil {
		return false, err
	}
	y, err := lockstep.Canonical(b)
	return string(x) == string(y), err
}
