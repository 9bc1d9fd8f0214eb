package agent

import (
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Options of an agent. Dir is required; the rest has defaults.
type Options struct {
	Dir       string       // private; one agent a directory
	EdgeAddr  string       // default 127.0.0.1:7480
	PortRange PortRange    // default 20000 to 31999
	Version   string       // of this program; an agent of another version in the same Dir is replaced
	Logger    *slog.Logger // default slog.Default()

	// JobCommand runs RunJobProcess; the job's directory is appended to it.
	// Default: this program with the arguments "agent", "job".
	JobCommand []string
}

// DefaultEdgeAddr is where the edge listens unless told otherwise.
const DefaultEdgeAddr = "127.0.0.1:7480"

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, lockstep.Invalid("dir", "the agent needs a directory")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, lockstep.Errorf(lockstep.CodeInvalid, "agent directory %s: %w", o.Dir, err)
	}
	o.Dir = dir
	if o.EdgeAddr == "" {
		o.EdgeAddr = DefaultEdgeAddr
	}
	if o.PortRange == (PortRange{}) {
		o.PortRange = PortRange{First: 20000, Last: 31999}
	}
	if r := o.PortRange; r.First < 1 || r.Last > 65535 || r.First > r.Last {
		return o, lockstep.Invalid("portRange", "port range %d-%d: give two ports from 1 to 65535, the lower one first", r.First, r.Last)
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if len(o.JobCommand) == 0 {
		exe, err := os.Executable()
		if err != nil {
			return o, lockstep.Errorf(lockstep.CodeFailed, "find this program: %w", err)
		}
		o.JobCommand = []string{exe, "agent", "job"}
	}
	return o, nil
}

// The bounds of what one agent takes on.
const (
	maxEnvironments = 1000
	maxInstances    = 1000
	maxGroups       = 200 // in one request
	maxReplicas     = 200 // of one group
	maxBody         = 8 << 20
	maxArtifact     = 2 << 30
	maxTailLines    = 10_000
	maxDrain        = time.Hour
	maxJobTime      = 6 * time.Hour
)
