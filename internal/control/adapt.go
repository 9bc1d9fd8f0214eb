package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// Adapt makes a Store of one whose transactions have a type of its own, as a
// store that imports nothing of this room has.
func Adapt[T Tx](s interface {
	Update(ctx context.Context, fn func(T) error) error
	View(ctx context.Context, fn func(T) error) error
	Events(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error)
},
) Store {
	return adapted[T]{s}
}

type adapted[T Tx] struct {
	store interface {
		Update(ctx context.Context, fn func(T) error) error
		View(ctx context.Context, fn func(T) error) error
		Events(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error)
	}
}

func (a adapted[T]) Update(ctx context.Context, fn func(Tx) error) error {
	return a.store.Update(ctx, func(tx T) error { return fn(tx) })
}

func (a adapted[T]) View(ctx context.Context, fn func(Tx) error) error {
	return a.store.View(ctx, func(tx T) error { return fn(tx) })
}

func (a adapted[T]) Events(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error) {
	return a.store.Events(ctx, after, filter, limit)
}
