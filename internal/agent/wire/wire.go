// Package wire is the protocol between the server and the agent: HTTP with
// JSON bodies over the agent's unix socket, under the path prefix of its
// version. Both sides are released together, but an upgraded server meets
// the old agent until it has handed its listeners over, so a change that
// breaks a type here raises Protocol and keeps the old prefix served.
//
//	POST /v1/prepare            PrepareRequest   → 204; 424 with Missing where artifacts have to be sent first
//	PUT  /v1/artifacts/{digest} packed artifact  → 204; verified against the digest while it is written
//	POST /v1/start              StartRequest     → 204
//	POST /v1/stop               StopRequest      → 204, when the instances are gone
//	POST /v1/remove             Call             → 204
//	GET  /v1/instances?environment=ID            → []lockstep.Instance
//	GET  /v1/tail?environment=ID&instance=ID&lines=N → []string
//	POST /v1/jobs               JobRequest       → JobResult, when it ended; 424 as above
//	GET  /v1/jobs/output?environment=ID&key=KEY  → JobOutput, while it runs and after it
//	PUT  /v1/routing            RoutingRequest   → 204
//	GET  /v1/routing?environment=ID              → lockstep.Routing
//	POST /v1/drain              DrainRequest     → DrainResult
//	GET  /v1/ledger?environment=ID               → lockstep.Ledger, also of one that was removed
//	GET  /v1/stats?environment=ID                → map[string]lockstep.RevisionStats
//	GET  /v1/held?environment=ID                 → lockstep.EdgeStats
//	POST /v1/logs               LogRequest       → lockstep.LogPage; without changing anything
//	GET  /v1/figures?after=SEQ                   → FrameList: of minutes that are over, oldest first
//	GET  /v1/usage?environment=ID                → map[string]lockstep.Usage, by environment ID; of all without Open where none is named
//	POST /v1/probe              ProbeRequest     → ProbeResult
//	POST /v1/sample             SampleRequest    → 204, when all are answered
//	GET  /v1/info                                → Info
//	GET  /v1/metrics                             → Prometheus text
//	POST /v1/handover                            → the listeners, as SCM_RIGHTS on the connection
//	POST /v1/shutdown           ShutdownRequest  → 204, when everything asked for has stopped
//
// Errors are a Fault with the status of its code. logs, figures and usage came
// later: an older agent answers them 404 without a Fault.
package wire

import "github.com/lockstep-dev/lockstep"

// Protocol is the version that this side speaks.
const Protocol = 1

// Call is the authority and identity of an effect; see package runtime.
type Call struct {
	Environment string `json:"environment"` // ID
	Fence       int64  `json:"fence"`
	Key         string `json:"key"`
}

// Place names the environment for instance names and variables.
type Place struct {
	Project     string `json:"project"`
	Environment string `json:"environment"` // name
}

// PrepareRequest asks for artifacts and internal addresses of groups.
type PrepareRequest struct {
	Call   Call             `json:"call"`
	Place  Place            `json:"place"`
	Groups []lockstep.Group `json:"groups"`
}

// Missing answers a PrepareRequest with status 424: the digests to send first.
type Missing struct {
	Digests []string `json:"digests"`
}

// StartRequest asks for replicas of a prepared group.
type StartRequest struct {
	Call     Call   `json:"call"`
	Group    string `json:"group"`
	Replicas int    `json:"replicas"`
}

// StopRequest asks for groups to be drained and stopped.
type StopRequest struct {
	Call   Call              `json:"call"`
	Groups []string          `json:"groups"`
	Drain  lockstep.Duration `json:"drain"` // milliseconds
}

// RoutingRequest declares an environment's routing.
type RoutingRequest struct {
	Call    Call             `json:"call"`
	Routing lockstep.Routing `json:"routing"`
}

// DrainRequest waits for requests in flight to groups.
type DrainRequest struct {
	Call    Call              `json:"call"`
	Groups  []string          `json:"groups"`
	Timeout lockstep.Duration `json:"timeout"` // milliseconds
}

// DrainResult says how many requests were left at the timeout.
type DrainResult struct {
	Left int `json:"left"`
}

// ProbeRequest sends one GET through the edge to a revision.
type ProbeRequest struct {
	Environment string `json:"environment"` // ID
	Revision    string `json:"revision"`    // ID
	Path        string `json:"path"`
	Host        string `json:"host,omitempty"` // go where requests to this host go, instead of to Environment
	As          string `json:"as,omitempty"`   // with a Host: the one that the app is told
}

// ProbeResult is the answer to a ProbeRequest.
type ProbeResult struct {
	Environment string            `json:"environment,omitempty"` // where Host led
	Service     string            `json:"service"`
	Status      int               `json:"status"`
	Duration    lockstep.Duration `json:"duration"` // milliseconds
	Error       string            `json:"error,omitempty"`
}

// SampleRequest sends so many GETs through the edge to each of the revisions.
type SampleRequest struct {
	Environment string   `json:"environment"` // ID
	Revisions   []string `json:"revisions"`   // IDs
	Paths       []string `json:"paths"`
	Requests    int      `json:"requests"`
}

// JobRequest runs a command once, or sends a request.
type JobRequest struct {
	Call    Call              `json:"call"`
	Place   Place             `json:"place"`
	Command []string          `json:"command"`
	HTTP    *HTTPJob          `json:"http,omitempty"` // instead of Command
	Env     map[string]string `json:"env,omitempty"`
	// Variables with secrets in them, with their values.
	Secrets  map[string]lockstep.SecretText `json:"secrets,omitempty"`
	Files    []string                       `json:"files,omitempty"` // names
	Artifact string                         `json:"artifact,omitempty"`
	User     string                         `json:"user,omitempty"` // as of a service
	Timeout  lockstep.Duration              `json:"timeout"`        // milliseconds
}

// HTTPJob is a request, with nothing left to fill in.
type HTTPJob struct {
	lockstep.HTTPHook
	IdempotencyKey string `json:"idempotencyKey"`
}

// JobResult is how a job ended.
type JobResult struct {
	ExitCode int               `json:"exitCode"`          // of a request: 0 where its answer was expected
	Fault    string            `json:"fault,omitempty"`   // why it failed, where the exit code does not say it
	Answer   string            `json:"answer,omitempty"`  // of a request: the status, where it was expected
	Final    bool              `json:"final,omitempty"`   // another try would fail likewise
	Lost     bool              `json:"lost,omitempty"`    // it was killed from outside, with whoever watched it
	Output   string            `json:"output"`            // the first and the last 32 KiB
	Missing  int64             `json:"missing,omitempty"` // bytes between them
	Results  map[string]string `json:"results,omitempty"` // what it left for later jobs
	TimedOut bool              `json:"timedOut"`
	Duration lockstep.Duration `json:"duration"` // milliseconds
}

// JobOutput is what a job has written so far: how much, and the end of it.
type JobOutput struct {
	Total int64  `json:"total"` // bytes
	End   []byte `json:"end"`   // the last of them, at most 8 KiB; base64
}

// Info describes a running agent.
type Info struct {
	Protocol  int               `json:"protocol"`
	Version   string            `json:"version"`
	PID       int               `json:"pid"`
	Edge      string            `json:"edge"`              // host:port of the shared listener
	EdgeTLS   string            `json:"edgeTls,omitempty"` // host:port of the one for HTTPS; "" none
	Ports     map[string]string `json:"ports"`             // environment ID to the host:port of its own listener
	Instances int               `json:"instances"`         // that it supervises
	Limits    string            `json:"limits"`            // how resources are enforced here, for people
	Files     string            `json:"files,omitempty"`   // where values lie that are delivered as files, for people

	// LiveEpochs are the highest that live addresses were given, by project.
	LiveEpochs map[string]int64 `json:"liveEpochs,omitempty"`

	// Certificates are those of each environment's domains, by its ID.
	Certificates map[string][]lockstep.Certificate `json:"certificates,omitempty"`
}

// ShutdownRequest ends the agent. Without StopInstances the apps go on and
// the next agent adopts them.
type ShutdownRequest struct {
	StopInstances bool `json:"stopInstances"`
}

// Fault is an error on the wire.
type Fault struct {
	Code    lockstep.Code `json:"code"`
	Message string        `json:"message"`
}

// Entry is one line of the agent's journal (journal.jsonl in its directory):
// appended and flushed before the effect that it announces becomes visible.
type Entry struct {
	At          string `json:"at"`     // RFC 3339, UTC, microseconds
	Effect      string `json:"effect"` // start, restart, adopt, stop, routing, job, remove
	Environment string `json:"environment"`
	Key         string `json:"key,omitempty"` // of the call; empty where the agent acted by itself
	Instance    string `json:"instance,omitempty"`
	PID         int    `json:"pid,omitempty"`
}

// LogRequest asks for lines that instances wrote.
type LogRequest struct {
	Environment string            `json:"environment"` // ID
	Query       lockstep.LogQuery `json:"query"`
}

// FrameList is what the agent has kept for the server.
type FrameList struct {
	Frames []lockstep.Frame `json:"frames"`
	More   bool             `json:"more"` // after the last one
}
