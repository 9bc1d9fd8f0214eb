// Package runtime is the contract between the engine and whatever runs an
// environment's instances. Implementations report; the engine decides: none
// calls back. runtimetest is the conformance suite that each one passes.
//
// Every effect carries a Call. An implementation must
//
//   - refuse a Fence lower than the highest it has seen for the environment,
//     with lockstep.CodeFenced, and remember the highest across its own death;
//   - do the effect of a Key at most once: a repeated call finds what the
//     earlier one did, and finishes or reports it;
//   - return when ctx ends, leaving behind only what a repeated call can finish.
//
// Methods may be called concurrently. Errors without a code are tried again;
// coded ones (other than unavailable) are final.
package runtime

import (
	"context"
	"io"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Call is the authority and the identity of one effect.
type Call struct {
	Environment string // ID
	Fence       int64
	Key         string // lockstep.Step.Key; of a hook, with the try behind it
}

// Place says where an environment is, for names and variables of its instances.
type Place struct {
	Project     string
	Environment string // name
}

// Runtime runs instances.
type Runtime interface {
	// Prepare puts the groups' artifacts in place and reserves the internal
	// addresses behind <SERVICE>_URL. It starts nothing. The secrets in the
	// specs have their values here: they are kept from logs and from disks,
	// unless sealed.
	Prepare(ctx context.Context, call Call, place Place, groups []lockstep.Group) error

	// Start makes replicas instances of the group run, with indexes from 0,
	// and does not wait until they are ready. Instances that exist are kept;
	// those above replicas are drained and stopped. The group was prepared.
	Start(ctx context.Context, call Call, group string, replicas int) error

	// Stop drains the groups' instances (no new requests, those in flight
	// finish, at most drain), stops them, and returns when they are gone.
	// Groups that do not exist are gone already. Groups may be started again
	// after a new Prepare.
	Stop(ctx context.Context, call Call, groups []string, drain time.Duration) error

	// Instances reports every instance of the environment, by ID.
	Instances(ctx context.Context, environment string) ([]lockstep.Instance, error)

	// Remove forgets the environment: nothing of it runs or is stored
	// afterwards, except the fence. It fails while groups still run.
	Remove(ctx context.Context, call Call) error
}

// LogTailer is an optional ability: the last lines an instance wrote.
type LogTailer interface {
	Tail(ctx context.Context, environment, instance string, lines int) ([]string, error)
}

// Accountant is an optional ability: what was made for an environment while it
// lived, and what is there of it, looked for where it would be rather than in
// what is remembered. It answers for one that was removed, too; what is being
// ended may still be there.
type Accountant interface {
	Ledger(ctx context.Context, environment string) (lockstep.Ledger, error)
}

// JobRunner is an optional ability: a command that runs once beside the
// environment's instances (a hook). A repeated Key does not run it again: it
// waits for the first run, or returns its result.
type JobRunner interface {
	RunJob(ctx context.Context, call Call, place Place, job Job) (JobResult, error)
}

// Job is a command in a process group of its own, with a clean environment,
// in the unpacked artifact's directory where one is named. With HTTP it is a
// request from where the environment's instances run; where it cannot be told
// whether that was sent, it is sent again, under the same idempotency key.
type Job struct {
	Command  []string
	HTTP     *HTTPJob // instead of Command
	Env      map[string]string
	Secrets  map[string]lockstep.SecretText // variables with secrets in them, with their values
	Files    []string                       // those of Env and Secrets whose value it gets as a file
	Artifact string                         // digest; "" none
	User     string                         // as lockstep.ServiceSpec.User
	Timeout  time.Duration                  // interrupt, then kill
}

// HTTPJob is a request, with nothing left to fill in but its secret headers.
type HTTPJob struct {
	lockstep.HTTPHook
	IdempotencyKey string
}

// JobWatcher is an optional ability: what a job has written so far, and how
// much that is, while it runs and after it. A job that is not known is
// lockstep.CodeNotFound.
type JobWatcher interface {
	JobOutput(ctx context.Context, environment, key string) (JobOutput, error)
}

// JobOutput is how many bytes a job wrote, and the last few KiB of them.
type JobOutput struct {
	Total int64
	End   []byte
}

// JobResult is how a job ended. Output is both streams, the first and the last
// 32 KiB with a line between them on what is missing, or the answer to a
// request.
type JobResult struct {
	ExitCode int
	Fault    string // why it failed, where the exit code does not say it
	Answer   string // of a request: the status, where it was expected
	Final    bool   // another try would fail likewise
	Output   string
	Missing  int64             // bytes
	Results  map[string]string // what it left for later jobs
	TimedOut bool
	Duration time.Duration
}

// Blobs opens stored artifacts by digest ("sha256:…"). A digest that is not
// stored is lockstep.CodeNotFound.
type Blobs interface {
	Open(ctx context.Context, digest string) (io.ReadCloser, error)
}
