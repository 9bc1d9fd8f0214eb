package monitor

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func (s *schedule) takeAll() []key {
	var out []key
	for {
		k, ok := s.take()
		if !ok {
			return out
		}
		out = append(out, k)
	}
}

func named(i int) key { return key{"e", fmt.Sprint(i)} }

// TestTheDeadDoNotStarveTheOthers: of many more dead targets than there are
// slots, each costs a slot for its timeout, and the others go on at their
// interval.
func TestTheDeadDoNotStarveTheOthers(t *testing.T) {
	t.Parallel()
	const (
		slots, dead, alive = 16, 400, 40
		interval, timeout  = 10 * time.Second, 5 * time.Second
		step               = 100 * time.Millisecond
	)
	s := newSchedule(slots)
	for i := range dead + alive {
		s.add(named(i), time.Duration(i%100)*interval/100)
	}
	isDead := map[key]bool{}
	for i := range dead {
		isDead[named(i)] = true
	}
	ends := map[key]time.Duration{}
	times := map[key]int{}
	begin := 10 * time.Minute // by then each dead one was found out
	for s.now < begin+10*time.Minute {
		for k, at := range ends {
			if at <= s.now {
				delete(ends, k)
				s.done(k, interval, isDead[k])
			}
		}
		for _, k := range s.takeAll() {
			if _, runs := ends[k]; runs {
				t.Fatalf("two probes of %v at once", k)
			}
			ends[k] = s.now + step
			if isDead[k] {
				ends[k] = s.now + timeout
			}
			if s.now >= begin {
				times[k]++
			}
		}
		if len(ends) > slots {
			t.Fatalf("%d probes in %d slots", len(ends), slots)
		}
		s.pass(step)
	}
	for i := dead; i < dead+alive; i++ {
		if n := times[named(i)]; n < 59 || n > 61 {
			t.Errorf("%v was probed %d times in 10 minutes, want 60", named(i), n)
		}
	}
	// A quarter of the slots is theirs: 4 × 600 s ÷ 5 s, in turn.
	for i := range dead {
		if n := times[named(i)]; n < 1 || n > 2 {
			t.Errorf("dead %v was probed %d times, want 1 or 2", named(i), n)
		}
	}
}

// TestTimeThatJumps: neither floods nor stops.
func TestTimeThatJumps(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{"forward": 24 * time.Hour, "back": -24 * time.Hour} {
		s := newSchedule(1000)
		for i := range 100 {
			s.add(named(i), time.Duration(i)*100*time.Millisecond)
		}
		per := map[int]int{}
		for second := range 60 {
			if second == 30 {
				s.pass(jump)
			}
			for range 10 {
				s.pass(100 * time.Millisecond)
				for _, k := range s.takeAll() {
					per[second]++
					s.done(k, 10*time.Second, false)
				}
			}
		}
		// A second at most is skipped, with what was due in it.
		for second := range 58 {
			if n := per[second] + per[second+1] + per[second+2]; n < 15 || n > 45 {
				t.Errorf("%s: %d probes from second %d to %d, want about 30", name, n, second, second+2)
			}
		}
	}
}

// TestSchedule: whatever is asked of it, no target is probed twice at once,
// slots are kept to, and nothing that is known gets lost.
func TestSchedule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newSchedule(rapid.IntRange(1, 6).Draw(t, "slots"))
		free := s.slots
		running, known := map[key]bool{}, map[key]bool{}
		pick := func() key { return named(rapid.IntRange(0, 5).Draw(t, "which")) }
		t.Repeat(map[string]func(*rapid.T){
			"add": func(*rapid.T) {
				k := pick()
				s.add(k, time.Duration(rapid.IntRange(0, 3).Draw(t, "in"))*time.Second)
				known[k] = true
			},
			"drop": func(*rapid.T) {
				k := pick()
				s.drop(k)
				delete(known, k)
			},
			"pass": func(*rapid.T) { s.pass(time.Second) },
			"take": func(*rapid.T) {
				if k, ok := s.take(); ok {
					if running[k] || !known[k] {
						t.Fatalf("took %v: runs %t, known %t", k, running[k], known[k])
					}
					running[k] = true
				}
			},
			"done": func(*rapid.T) {
				k := pick()
				s.done(k, time.Second, rapid.Bool().Draw(t, "slow"))
				delete(running, k)
			},
			"": func(t *rapid.T) {
				if used := free[0] + free[1] - s.slots[0] - s.slots[1]; used != len(running) || s.slots[0] < 0 || s.slots[1] < 0 {
					t.Fatalf("%d slots are used by %d probes", used, len(running))
				}
				for k := range known {
					if turn := s.known[k]; turn == nil || !turn.running && turn.index < 0 {
						t.Fatalf("%v is lost", k)
					}
				}
				for k := range s.known {
					if !known[k] && !running[k] {
						t.Fatalf("%v is there", k)
					}
				}
			},
		})
	})
}
