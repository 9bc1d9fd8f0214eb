package agent

import (
	"path/filepath"
	"slices"
	"strings"
)

// confines says whether a cell is made for a launch with this limit, as far
// as can be told before.
func (c *cells) confines(l limit) bool {
	return slices.ContainsFunc(c.branches, func(b branch) bool {
		return slices.ContainsFunc(b.controls, l.asks)
	})
}

// of are the names of an environment's cells that are there. Where version 1
// keeps controllers apart the same name stands in several hierarchies.
func (c *cells) of(env string) (out []string) {
	for _, left := range c.leftoversOf(env) {
		out = append(out, filepath.Base(left.rooms[0].dir))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// leftoversOf are an environment's cells, whoever is in them.
func (c *cells) leftoversOf(env string) []*cell {
	return slices.DeleteFunc(c.leftovers(nil), func(left *cell) bool {
		return !strings.HasPrefix(filepath.Base(left.rooms[0].dir), cellPrefix(c.identity)+env+".")
	})
}
