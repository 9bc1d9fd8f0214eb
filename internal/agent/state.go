package agent

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// stateFormat is the format that this agent writes and the newest it reads.
const stateFormat = 1

// state is all that the agent knows across its own death. A state that was
// handed out is never changed: change makes a new one that shares the rest.
type state struct {
	Format       int                     `json:"format"`
	Environments map[string]*environment `json:"environments"`    // by ID
	Floor        int64                   `json:"floor,omitempty"` // the fence of environments that are not listed

	// Live is, by project, the highest epoch that a live address was given,
	// and to which environment. It outlives both.
	Live map[string]liveClaim `json:"live,omitempty"`
}

type liveClaim struct {
	Epoch       int64  `json:"epoch"`
	Environment string `json:"environment"` // ID
}

// environment is what was asked for one environment. After Remove only its
// fence and its counts are left.
type environment struct {
	Fence   int64             `json:"fence"`
	Place   wire.Place        `json:"place"`
	Port    int               `json:"port,omitempty"` // of its own listener
	Groups  map[string]*group `json:"groups,omitempty"`
	Routing *lockstep.Routing `json:"routing,omitempty"`
	Done    []string          `json:"done,omitempty"` // effects that were finished, oldest first; see doneKey
	Jobs    map[string]*job   `json:"jobs,omitempty"` // by key

	// Made counts what was ever made for it; it outlives a Remove, too.
	Made map[lockstep.LedgerKind]int64 `json:"made,omitempty"`

	// Artifacts and Domains are those that it has used; after a Remove those
	// of which something is left.
	Artifacts []string `json:"artifacts,omitempty"`
	Domains   []string `json:"domains,omitempty"`
}

// group is a prepared group.
type group struct {
	lockstep.Group
	Place     wire.Place         `json:"place"`
	Port      int                `json:"port"`               // behind <SERVICE>_URL
	Stopping  bool               `json:"stopping,omitempty"` // it goes when its instances are gone
	StopKey   string             `json:"stopKey,omitempty"`  // of the call that asked for it
	Instances map[string]*record `json:"instances,omitempty"`
}

// record is an instance that shall run. Launch is set before its process is
// made and PID after: a launch without a PID may have a process or not.
type record struct {
	Index     int        `json:"index"`
	Key       string     `json:"key"`               // of the Start that asked for it
	Leaving   bool       `json:"leaving,omitempty"` // it goes when its process is gone
	Port      int        `json:"port"`
	Launch    string     `json:"launch,omitempty"`
	PID       int        `json:"pid,omitempty"`
	Born      string     `json:"born,omitempty"` // tells the process from a later one with its PID
	Ready     bool       `json:"ready,omitempty"`
	Restarts  int        `json:"restarts,omitempty"`
	StartedAt *time.Time `json:"startedAt,omitempty"`
	ReadyAt   *time.Time `json:"readyAt,omitempty"`
}

// job is a command that ran or runs once. Its result is in its directory.
type job struct {
	Launch   string    `json:"launch"`
	PID      int       `json:"pid,omitempty"`
	Born     string    `json:"born,omitempty"`
	At       time.Time `json:"at"`
	Artifact string    `json:"artifact,omitempty"`
}

func parseState(plain []byte) (*state, error) {
	s := &state{}
	if err := json.Unmarshal(plain, s); err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	if s.Format > stateFormat {
		return nil, fmt.Errorf("it has format %d, this agent knows %d: use a newer version", s.Format, stateFormat)
	}
	if s.Environments == nil {
		s.Environments = map[string]*environment{}
	}
	return s, nil
}

// with is s with one environment replaced by a copy that change may write to.
func (s *state) with(id string) (*state, *environment) {
	env := &environment{Fence: s.Floor}
	if old, ok := s.Environments[id]; ok {
		env = old.clone()
	}
	next := &state{Format: stateFormat, Environments: maps.Clone(s.Environments), Floor: s.Floor, Live: s.Live}
	next.Environments[id] = env
	next.forget()
	return next, env
}

// maxRemoved is how many environments that were removed are remembered one by
// one. All fences come from one counter, so that the oldest of them can share
// one: whoever still holds a lower one is refused, now as before.
const maxRemoved = 10_000

func (s *state) forget() {
	if len(s.Environments) <= maxEnvironments+maxRemoved {
		return
	}
	var removed []string
	for id, e := range s.Environments {
		if e.isRemoved() {
			removed = append(removed, id)
		}
	}
	slices.SortFunc(removed, func(a, b string) int { return cmp.Compare(s.Environments[a].Fence, s.Environments[b].Fence) })
	for _, id := range removed[:max(0, len(removed)-maxRemoved)] {
		s.Floor = max(s.Floor, s.Environments[id].Fence)
		delete(s.Environments, id)
	}
}

// isRemoved says that nothing but the fence is left.
func (e *environment) isRemoved() bool {
	return e.Port == 0 && e.Routing == nil && len(e.Groups) == 0 && len(e.Jobs) == 0
}

func (e *environment) clone() *environment {
	out := *e
	out.Groups = make(map[string]*group, len(e.Groups))
	for id, g := range e.Groups {
		c := *g
		c.Instances = make(map[string]*record, len(g.Instances))
		for name, r := range g.Instances {
			r := *r
			c.Instances[name] = &r
		}
		out.Groups[id] = &c
	}
	out.Done, out.Made = slices.Clone(e.Done), maps.Clone(e.Made)
	out.Artifacts, out.Domains = slices.Clone(e.Artifacts), slices.Clone(e.Domains)
	out.Jobs = make(map[string]*job, len(e.Jobs))
	for key, j := range e.Jobs {
		j := *j
		out.Jobs[key] = &j
	}
	return &out
}

// environment reads one; an unknown one is empty.
func (s *state) environment(id string) *environment {
	if env, ok := s.Environments[id]; ok {
		return env
	}
	return &environment{Fence: s.Floor}
}

// allow takes the fence of a call: it is the highest from now on, or the call
// comes from a worker that another has replaced.
func (e *environment) allow(call wire.Call) error {
	if call.Fence < e.Fence {
		return lockstep.Errorf(lockstep.CodeFenced, "fence %d is over: the environment is held under fence %d", call.Fence, e.Fence)
	}
	e.Fence = call.Fence
	return nil
}

// maxDone bounds how many finished effects are remembered: far more than the
// steps of the operations that can still repeat a call.
const maxDone = 512

// doneKey names an effect: one key may carry several (a stop step stops
// groups and sets the routing).
func doneKey(effect, group, key string) string { return effect + " " + group + " " + key }

func (e *environment) isDone(done string) bool { return slices.Contains(e.Done, done) }

func (e *environment) setDone(done string) {
	if e.isDone(done) {
		return
	}
	e.Done = append(e.Done, done)
	if over := len(e.Done) - maxDone; over > 0 {
		e.Done = slices.Delete(e.Done, 0, over)
	}
}
