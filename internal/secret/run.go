package secret

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Wake lets Run look now.
func (k *Keyring) Wake() {
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// Run keeps the loaded keyset up to date, tells the other servers which one
// that is, and carries rotations on, until ctx ends.
func (k *Keyring) Run(ctx context.Context) {
	tick := time.NewTicker(k.pace.look)
	defer tick.Stop()
	l := life{Keyring: k}
	for {
		if err := l.look(ctx); ctx.Err() == nil {
			l.report(ctx, err)
		}
		select {
		case <-ctx.Done():
			l.leave(ctx)
			return
		case <-tick.C:
		case <-k.kick:
		}
	}
}

// life is what Run remembers between two looks.
type life struct {
	*Keyring
	told    int64 // generation
	toldAt  time.Time
	trouble string
}

func (l *life) look(ctx context.Context) error {
	r, err := l.load(ctx, 0)
	var has int64
	if r != nil {
		has = r.keyset.Generation
	}
	if now := l.now(); has != l.told || now.Sub(l.toldAt) >= l.pace.hold || err != nil {
		if err := l.tell(ctx); err != nil {
			return err
		}
		l.told, l.toldAt = has, now
	}
	if err != nil {
		return err
	}
	return l.rotate(ctx)
}

// rotate carries an open rotation on, if it is this server's to do.
func (l *life) rotate(ctx context.Context) error {
	stored, err := l.store.Keyset(ctx)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return nil
	}
	if err != nil || !stored.Rotation.Open() {
		return err
	}
	for more := true; more && ctx.Err() == nil; {
		held, err := l.store.HoldDuty(ctx, dutyName, l.holder, l.pace.duty)
		if err != nil || !held {
			return err
		}
		if more, err = l.carryOn(ctx); err != nil {
			return err
		}
	}
	l.toldAt = time.Time{} // what changed here is told at the next look
	return nil
}

// tell lets the others know what this server has loaded.
func (k *Keyring) tell(ctx context.Context) error {
	h := lockstep.KeyHolder{Holder: k.holder}
	k.mu.RLock()
	if k.ring != nil {
		h.Generation = k.ring.keyset.Generation
	}
	h.Fault = k.said
	k.mu.RUnlock()
	return k.store.Hold(ctx, h, k.pace.ttl)
}

// report says what is wrong once, and when it is over.
func (l *life) report(ctx context.Context, err error) {
	trouble := ""
	if err != nil {
		trouble = err.Error()
	}
	if trouble == l.trouble {
		return
	}
	l.trouble = trouble
	l.mu.Lock()
	l.said = trouble
	l.mu.Unlock()
	l.toldAt = time.Time{} // the others hear of it at the next look
	if err != nil {
		l.log.ErrorContext(ctx, "secrets", "error", err)
		return
	}
	l.log.InfoContext(ctx, "secrets can be opened again")
}

// leave takes this server off, so that no rotation waits for it.
func (l *life) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := l.store.Hold(ctx, lockstep.KeyHolder{Holder: l.holder}, 0); err != nil {
		l.log.WarnContext(ctx, "secrets: this server stays on the list for a while", "error", err)
	}
	if _, err := l.store.HoldDuty(ctx, dutyName, l.holder, 0); err != nil {
		l.log.WarnContext(ctx, "secrets: the duty stays here for a while", "error", err)
	}
}
