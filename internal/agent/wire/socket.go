package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/lockstep-dev/lockstep"
)

// maxSocketPath is what every supported system takes: macOS 103 bytes and a
// zero, Linux 107.
const maxSocketPath = 100

// SocketPath is where the agent of a directory listens, and where its clients
// look: agent.sock in the directory, or, where that path is too long for a
// socket, in a private directory with a short name that follows from it.
func SocketPath(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("agent directory: %w", err)
	}
	direct := filepath.Join(abs, "agent.sock")
	if len(direct) <= maxSocketPath {
		return direct, nil
	}
	sum := sha256.Sum256([]byte(abs))
	name := hex.EncodeToString(sum[:8])
	var short []string
	if base := os.Getenv("XDG_RUNTIME_DIR"); base != "" {
		short = append(short, filepath.Join(base, "lockstep", name, "agent.sock"))
	}
	short = append(short, filepath.Join(os.TempDir(), "lockstep-"+strconv.Itoa(os.Getuid()), name, "agent.sock"))
	for _, path := range short {
		if len(path) <= maxSocketPath {
			return path, nil
		}
	}
	return "", lockstep.Invalid("", "the agent's directory %s is too long for a socket (%d bytes, at most %d), and so are XDG_RUNTIME_DIR and TMPDIR: choose a shorter one", abs, len(direct), maxSocketPath)
}
