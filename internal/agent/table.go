package agent

import (
	"slices"
	"sync"
	"time"
)

// sighting is what one look at the system says of a process. Zombies are not
// seen: they do nothing any more, and who reaps them is not always us.
type sighting struct {
	pid      int
	group    int
	born     string // with pid, names one process for ever
	launch   string // LOCKSTEP_LAUNCH of its environment
	identity string // LOCKSTEP_AGENT
}

// family is everything that came of one launch: the process group that it
// leads, and whoever left the group but carries the launch's mark or is in
// its cell, which nobody leaves.
type family struct {
	group  int
	launch string
	cell   *cell
}

// table looks at the system's processes. Callers that come together share one
// look, so that ending 200 instances at once does not mean 200 looks.
type table struct {
	mu    sync.Mutex
	began time.Time
	seen  []sighting
	marks map[int]mark // by PID
}

// mark is what the environment of a process said when it was read.
type mark struct {
	born     string
	launch   string
	identity string
	at       time.Time
	final    bool
}

// settles is how long a process may take from fork to exec. Until then its
// environment is that of its parent and says nothing.
const settles = 2 * time.Second

func newTable() *table { return &table{marks: map[int]mark{}} }

// now is a look that began after the call.
func (t *table) now() ([]sighting, error) {
	called := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.began.After(called) {
		return t.seen, nil
	}
	began := time.Now()
	seen, err := t.look(began)
	if err != nil {
		return nil, err
	}
	t.began, t.seen = began, seen
	return seen, nil
}

// remember takes over which environment a process has, reading it at most
// until it is settled.
func (t *table) remember(s *sighting, at time.Time, read func() (launch, identity string)) {
	m, known := t.marks[s.pid]
	if !known || m.born != s.born {
		m = mark{born: s.born, at: at}
	}
	if !m.final {
		m.launch, m.identity = read()
		m.final = m.identity != "" || at.Sub(m.at) > settles
		t.marks[s.pid] = m
	}
	s.launch, s.identity = m.launch, m.identity
}

// forget drops what is known of processes that are gone.
func (t *table) forget(seen []sighting) {
	if len(t.marks) <= len(seen) {
		return
	}
	alive := make(map[int]bool, len(seen))
	for _, s := range seen {
		alive[s.pid] = true
	}
	for pid := range t.marks {
		if !alive[pid] {
			delete(t.marks, pid)
		}
	}
}

// members are the processes of a family that live.
func (f family) members(seen []sighting) []sighting {
	inside := f.cell.members()
	return slices.Collect(func(yield func(sighting) bool) {
		for _, s := range seen {
			if s.group == f.group || (f.launch != "" && s.launch == f.launch) || inside[s.pid] {
				if !yield(s) {
					return
				}
			}
		}
	})
}
