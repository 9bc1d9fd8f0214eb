package fake

import (
	"context"
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// Ledger implements runtime.Accountant.
func (f *Fake) Ledger(ctx context.Context, environment string) (out lockstep.Ledger, err error) {
	err = f.around(ctx, "ledger", "", func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		e := f.env(environment)
		left := map[lockstep.LedgerKind][]string{
			lockstep.LedgerProcesses: append(slices.Sorted(maps.Keys(e.instances)), e.leaks...),
			lockstep.LedgerGroups:    slices.Sorted(maps.Keys(e.prepared)),
			lockstep.LedgerJobs:      slices.Sorted(maps.Keys(e.jobs)),
		}
		if e.routing.Environment != "" {
			left[lockstep.LedgerRoutes] = []string{e.routing.Environment}
		}
		for _, kind := range []lockstep.LedgerKind{lockstep.LedgerProcesses, lockstep.LedgerGroups, lockstep.LedgerRoutes, lockstep.LedgerJobs} {
			out = append(out, lockstep.NewLedgerEntry(kind, e.made[kind], left[kind]))
		}
		return nil
	})
	return out, err
}

// Leak makes the environment leave processes behind that no Stop and no Remove
// ends; without names there are none any more.
func (f *Fake) Leak(environment string, names ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.env(environment).leaks = names
}
