package monitor

import (
	"container/heap"
	"time"
)

// mostPassing is how much time passes between two ticks at most: a machine
// that slept, or a clock that was set, does not make everything due at once.
const mostPassing = time.Second

// lane is one of two kinds of slots: what timed out uses slots of its own.
type lane int

const (
	laneFast lane = iota
	laneSlow
	lanes
)

// slow is the share of the slots that is for what timed out: 1 of so many.
const slowShare = 4

// schedule says which target is probed next. Its time is its own: it passes
// as it is told. The zero of a target is due at once. It is used by one
// goroutine at a time.
type schedule struct {
	now   time.Duration
	due   [lanes]queue
	slots [lanes]int // that are free
	known map[key]*turn
}

// turn is a target's place in the schedule.
type turn struct {
	key     key
	due     time.Duration
	began   time.Duration
	lane    lane
	running bool
	dropped bool
	index   int // in its queue; -1: in none
}

func newSchedule(slots int) *schedule {
	s := &schedule{known: map[key]*turn{}}
	s.slots[laneSlow] = max(1, slots/slowShare)
	s.slots[laneFast] = max(1, slots-s.slots[laneSlow])
	return s
}

// pass lets time pass, as far as a clock can be believed.
func (s *schedule) pass(d time.Duration) { s.now += min(max(d, 0), mostPassing) }

// add makes a target due in a while; one that is known stays as it is.
func (s *schedule) add(k key, in time.Duration) {
	if t, ok := s.known[k]; ok {
		t.dropped = false
		return
	}
	t := &turn{key: k, due: s.now + in, index: -1}
	s.known[k] = t
	heap.Push(&s.due[t.lane], t)
}

// drop forgets a target, at the end of its probe where one runs.
func (s *schedule) drop(k key) {
	t, ok := s.known[k]
	if !ok {
		return
	}
	if t.running {
		t.dropped = true
		return
	}
	heap.Remove(&s.due[t.lane], t.index)
	delete(s.known, k)
}

// take is a target that is due and for which there is a slot, the longest due
// of its lane first.
func (s *schedule) take() (key, bool) {
	for l := range lanes {
		q := &s.due[l]
		if s.slots[l] == 0 || q.Len() == 0 || (*q)[0].due > s.now {
			continue
		}
		t := heap.Pop(q).(*turn)
		t.running, t.began = true, s.now
		s.slots[l]--
		return t.key, true
	}
	return key{}, false
}

// done ends a target's probe. The next is due an interval after this one
// began, in the slow lane where it timed out.
func (s *schedule) done(k key, interval time.Duration, timedOut bool) {
	t, ok := s.known[k]
	if !ok || !t.running {
		return
	}
	s.slots[t.lane]++
	t.running = false
	if t.dropped {
		delete(s.known, k)
		return
	}
	t.lane = laneFast
	if timedOut {
		t.lane = laneSlow
	}
	t.due = max(t.began+interval, s.now)
	heap.Push(&s.due[t.lane], t)
}

// late is how long the target that waits longest has been due.
func (s *schedule) late() time.Duration {
	var most time.Duration
	for _, q := range s.due {
		if q.Len() > 0 {
			most = max(most, s.now-q[0].due)
		}
	}
	return most
}

// queue is a heap of turns, the first due on top.
type queue []*turn

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due < q[j].due }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	t := x.(*turn)
	t.index = len(*q)
	*q = append(*q, t)
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	t := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	t.index = -1
	return t
}
