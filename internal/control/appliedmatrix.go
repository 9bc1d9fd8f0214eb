package control

import (
	"sync"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// appliedMatrices remembers what the newest matrix of each project says, as
// far as comparisons ask for it: a large one takes long to read.
type appliedMatrices struct {
	mu sync.Mutex
	of map[string]appliedMatrix // by project ID
}

type appliedMatrix struct {
	version  int64
	specific config.Patterns
	configs  map[string]lockstep.ConfigDocument // by environment's name
}

func (a *appliedMatrices) get(p lockstep.Project) (appliedMatrix, error) {
	a.mu.Lock()
	m, ok := a.of[p.ID]
	a.mu.Unlock()
	if ok && m.version == p.MatrixVersion {
		return m, nil
	}
	m = appliedMatrix{version: p.MatrixVersion, configs: map[string]lockstep.ConfigDocument{}}
	if p.MatrixVersion > 0 {
		parsed, err := matrix.Parse(p.Matrix, "the applied matrix")
		if err != nil {
			return m, err
		}
		desired := parsed.Desired()
		m.specific = desired.Specific
		for _, e := range desired.Environments {
			m.configs[e.Name] = e.Config
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of = map[string]appliedMatrix{}
	}
	a.of[p.ID] = m
	return m, nil
}
