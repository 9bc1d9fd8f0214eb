package agent

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
)

// FindCgroups says whether limits of both kinds can be enforced for what this
// process starts.
func FindCgroups() (string, error) {
	found, lacking := branches()
	if len(lacking) > 0 {
		return "", errors.New(lacking.describe(""))
	}
	return found[0].base, nil
}

// CellsOf are the directories of the cells that a process of an agent is in.
func CellsOf(dir string, pid int) ([]string, error) {
	seal, err := openSealer(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	if c := openCells(dir, seal.identity(), slog.Default()).find(pid); c != nil {
		for _, r := range c.rooms {
			out = append(out, r.dir)
		}
	}
	return out, nil
}

// AllCells are the directories of all cells of an agent's directory.
func AllCells(dir string) ([]string, error) {
	seal, err := openSealer(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, base := range (&cells{dir: dir}).bases() {
		entries, err := os.ReadDir(base)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if isCell(e.Name(), seal.identity()) {
				out = append(out, filepath.Join(base, e.Name()))
			}
		}
	}
	return out, nil
}
