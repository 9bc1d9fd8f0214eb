// Package node finds Node and the packages that tests ask how others read
// what we write. package.json beside this file names them; npm ci installs
// exactly those of the lock file.
package node

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

// Packages is Node with the packages installed; what is found is the folder
// to run node in.
var Packages = suite.Requirement{
	Name:    "Node and a few of its packages",
	Install: "apt-get install nodejs npm, or brew install node; then npm ci --prefix internal/suite/node",
	Find: func() (string, error) {
		if _, err := exec.LookPath("node"); err != nil {
			return "", errors.New("node not found in PATH")
		}
		_, file, _, _ := runtime.Caller(0)
		dir := filepath.Dir(file)
		if _, err := os.Stat(filepath.Join(dir, "node_modules", "dotenv")); err != nil {
			return "", errors.New("its packages are not installed")
		}
		return dir, nil
	},
}
