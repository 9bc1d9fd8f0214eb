package fake

import (
	"context"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Fault makes calls fail. The methods are named as in the contracts, in lower
// case: prepare, start, stop, instances, remove, ledger, tail, job, set, get, drain,
// stats, probe, sample.
type Fault struct {
	Method string
	Match  string // part of the call's key, or of the path of a probe; "" every call
	Times  int    // 0: every time
	After  bool   // the effect happens, and then the call fails
	Blocks bool   // the call returns when its context ends
	Panics bool
	Err    error
}

// Inject adds a fault. Of several that match the oldest acts.
func (f *Fake) Inject(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, &fault)
}

// InjectAtRandom lets so many calls of a hundred fail, before their effect or
// after it, and one of ten that do for good. random is as rand.IntN.
func (f *Fake) InjectAtRandom(percent int, random func(n int) int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.percent, f.random = percent, random
}

// mishap is such a failure; each call passes twice.
func (f *Fake) mishap(method string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.random == nil || f.random(200) >= f.percent:
		return nil
	case f.random(10) == 0:
		return lockstep.Errorf(lockstep.CodeFailed, "%s failed for good", method)
	}
	return fmt.Errorf("%s failed this time", method)
}

// Heal takes all faults away.
func (f *Fake) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults, f.random = nil, nil
}

// fail is called with the lock not held.
func (f *Fake) fail(ctx context.Context, method, subject string, after bool) error {
	fault := f.match(method, subject, after)
	if fault == nil {
		if err := f.mishap(method); err != nil {
			return err
		}
		return ctx.Err()
	}
	if fault.Panics {
		panic("injected into " + method)
	}
	if fault.Blocks {
		<-ctx.Done()
		return ctx.Err()
	}
	return fault.Err
}

func (f *Fake) match(method, subject string, after bool) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.faults {
		if fault.Method != method || fault.After != after || fault.Times < 0 || !strings.Contains(subject, fault.Match) {
			continue
		}
		if fault.Times > 0 {
			if fault.Times--; fault.Times == 0 {
				fault.Times = -1
			}
		}
		return fault
	}
	return nil
}
