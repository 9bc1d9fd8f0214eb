package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// store keeps the state on disk. Changes that arrive together are written
// together; each returns when it is durable, and one that cannot be written
// has not happened.
//
//	change  an effect's declaration: waits for the disk, fails with unavailable
//	note    a fact about the world (a PID, readiness): does not wait, and is
//	        written as soon as the disk takes it
type store struct {
	path string
	seal *sealer
	log  *slog.Logger

	mu      sync.Mutex
	durable *state
	pending *state        // durable with what waits for the disk
	waiters []chan error  // of the changes in pending
	notes   []note        // in pending and not yet durable, one about a thing
	noted   int           // counts notes
	waiting bool          // for the disk to take notes
	wake    chan struct{} // holds one: there is something to write
	closed  bool
	done    chan struct{}
}

type note struct {
	seq   int
	env   string
	about string
	fn    func(*environment)
}

// noteRetry is how long facts wait for a disk that refused them.
const noteRetry = time.Second

// errUnchanged is what the fn of a change returns that found everything as it
// shall be. The change succeeds, when what it found is durable.
var errUnchanged = errors.New("unchanged")

var errClosing = lockstep.Errorf(lockstep.CodeUnavailable, "the agent is ending or being replaced: try again")

// openStore reads the state, and begins an empty one where there is none. A
// state that cannot be read stays where it is, with a copy beside it that no
// later attempt overwrites: what it says cannot be guessed, so a person
// decides.
func openStore(dir string, seal *sealer, log *slog.Logger) (*store, error) {
	s := &store{path: filepath.Join(dir, "state"), seal: seal, log: log, wake: make(chan struct{}, 1), done: make(chan struct{})}
	var err error
	if s.durable, err = seal.load(s.path); err != nil {
		return nil, err
	}
	s.pending = s.durable
	go s.run()
	return s, nil
}

// load reads a state; where there is none it is empty.
func (s *sealer) load(path string) (*state, error) {
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &state{Format: stateFormat, Environments: map[string]*environment{}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("agent state: %w", err)
	}
	plain, err := s.open(sealed)
	if err != nil {
		return nil, damaged(path, sealed, err)
	}
	st, err := parseState(plain)
	if err != nil {
		return nil, damaged(path, sealed, err)
	}
	return st, nil
}

func (s *sealer) save(path string, st *state) error {
	plain, err := json.Marshal(st)
	if err != nil {
		return err
	}
	sealed, err := s.seal(plain)
	if err != nil {
		return err
	}
	return writeDurably(path, sealed)
}

func damaged(path string, sealed []byte, cause error) error {
	kept := path + ".damaged-" + lockstep.ShortHash(lockstep.HashBytes(sealed))
	if err := writeDurably(kept, sealed); err != nil {
		kept = path
	}
	return lockstep.Errorf(lockstep.CodeFailed, "the agent's state %s cannot be used: %w. The apps that it describes go on, but nobody leads requests to them. "+
		"Restore the file from a backup; or move it away, and the agent starts with nothing, ends those apps, and you deploy again (a copy is kept as %s)", path, cause, kept)
}

// view is the state that is durable. It does not change.
func (s *store) view() *state {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.durable
}

// change applies fn to a copy of the environment and returns when the copy is
// durable. Where fn or the disk refuses, nothing has changed. fn may run while
// earlier changes are not durable yet; if those fail, it fails with them.
func (s *store) change(env string, fn func(*environment) error) error {
	return s.changeAmong(env, func(_ *state, e *environment) error { return fn(e) })
}

// changeAmong is change for what also concerns others: fn gets the state that
// the copy is part of, and may replace its maps.
func (s *store) changeAmong(env string, fn func(*state, *environment) error) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errClosing
	}
	next, e := s.pending.with(env)
	switch err := fn(next, e); {
	case errors.Is(err, errUnchanged):
		next = s.pending
	case err != nil:
		s.mu.Unlock()
		return err
	}
	s.pending = next
	if next == s.durable {
		s.mu.Unlock()
		return nil
	}
	written := make(chan error, 1)
	s.waiters = append(s.waiters, written)
	s.signal()
	s.mu.Unlock()
	return <-written
}

// note applies fn, which records a fact and so must hold whenever it is run. A
// later fact about the same thing takes its place.
func (s *store) note(env, about string, fn func(*environment)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.notes = slices.DeleteFunc(s.notes, func(n note) bool { return n.env == env && n.about == about })
	s.noted++
	s.apply(note{s.noted, env, about, fn})
	s.signal()
}

func (s *store) apply(n note) {
	if _, ok := s.pending.Environments[n.env]; !ok {
		return // removed meanwhile
	}
	next, e := s.pending.with(n.env)
	n.fn(e)
	s.pending = next
	s.notes = append(s.notes, n)
}

// signal is called with mu held.
func (s *store) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *store) run() {
	defer close(s.done)
	for range s.wake {
		s.mu.Lock()
		snapshot, waiters, noted := s.pending, s.waiters, s.noted
		s.waiters = nil
		closed := s.closed
		s.mu.Unlock()

		err := s.write(snapshot)
		s.settle(snapshot, waiters, noted, err)
		if closed {
			return
		}
	}
}

// settle says how a write ended. A failed one takes everything back that was
// built on it, except facts: those are put on what is durable again.
func (s *store) settle(snapshot *state, waiters []chan error, noted int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.durable = snapshot
		s.notes = slices.DeleteFunc(s.notes, func(n note) bool { return n.seq <= noted })
	} else {
		s.log.Error("the agent cannot write its state", "error", err)
		waiters = append(waiters, s.waiters...)
		s.waiters = nil
		facts := s.notes
		s.pending, s.notes = s.durable, nil
		for _, n := range facts {
			s.apply(n)
		}
		if len(s.notes) > 0 && !s.closed && !s.waiting {
			s.waiting = true
			time.AfterFunc(noteRetry, s.retry)
		}
		err = lockstep.Errorf(lockstep.CodeUnavailable, "the agent cannot write its state (%w): make room on the disk that holds %s", err, s.path)
	}
	for _, w := range waiters {
		w <- err
	}
}

func (s *store) retry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = false
	if !s.closed {
		s.signal()
	}
}

func (s *store) write(snapshot *state) error {
	if snapshot == s.view() {
		return nil
	}
	return s.seal.save(s.path, snapshot)
}

// close writes what waits and refuses what comes. Nobody writes the file
// after it returned, so that another process may.
func (s *store) close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.signal()
	s.mu.Unlock()
	<-s.done
}
