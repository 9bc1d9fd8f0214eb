package storetest_test

import (
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/secret"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// The store is what the engine and the use cases ask for.
var (
	_ engine.Store = (*store.Store)(nil)
	_ control.Tx   = (*store.Tx)(nil)
	_ secret.Store = (*store.Store)(nil)
)
