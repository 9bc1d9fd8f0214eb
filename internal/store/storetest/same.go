package storetest

import (
	"bytes"

	"github.com/lockstep-dev/lockstep"
)

// same compares values as they are written on the wire.
func (w *world) same(what string, want, got any) {
	w.t.Helper()
	a, err := lockstep.Canonical(want)
	w.must(err)
	b, err := lockstep.Canonical(got)
	w.must(err)
	if !bytes.Equal(a, b) {
		w.t.Errorf("%s differs:\nwant %.2000s\n got %.2000s", what, a, b)
	}
}
