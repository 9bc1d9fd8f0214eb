package engine

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// SyncConfig carries the sync of an operation out in one transaction, which
// fails with CodeFenced where the lease is no longer the operation's. Of one
// that was carried out before, by a worker who died before it could say so,
// it says the same again and changes nothing. said is for people.
type SyncConfig func(ctx context.Context, operation lockstep.Operation, lease lockstep.Lease) (said string, err error)

func syncConfig(ctx context.Context, e effect) (string, error) {
	if e.syncs == nil {
		return "", lockstep.Errorf(lockstep.CodeUnsupported, "this server cannot sync configuration: upgrade it")
	}
	return e.syncs(ctx, e.operation, e.lease)
}
