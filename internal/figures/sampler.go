// Package figures brings what a machine's agent has counted into the store.
// The agent keeps a frame for each minute and needs no server for it; the
// sampler fetches those that the store does not have, in order, and the store
// takes each once. So a server that was away misses nothing that its agent
// still keeps, two servers never count the same, and a minute that no agent
// saw stays a gap.
package figures

import (
	"context"
	"log/slog"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Agent is who counted. More says that there is more after the last frame.
type Agent interface {
	Frames(ctx context.Context, after int64) (frames []lockstep.Frame, more bool, err error)
}

// Store keeps frames, each once.
type Store interface {
	FramesUntil(ctx context.Context, host string) (seq int64, err error)
	AddFrame(ctx context.Context, host string, frame lockstep.Frame) error
}

// Options of a Sampler. All are required.
type Options struct {
	Agent Agent
	Store Store
	Host  string
	Log   *slog.Logger
	Every time.Duration
}

// Sampler brings the frames of one host. Its methods may be called
// concurrently; one of them fetches at a time.
type Sampler struct {
	Options
	turn chan struct{}
}

// New makes a Sampler.
func New(opts Options) *Sampler { return &Sampler{opts, make(chan struct{}, 1)} }

// Run fetches until ctx ends. What fails is told of once, and tried again.
func (s *Sampler) Run(ctx context.Context) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	troubled := false
	for {
		err := s.Fetch(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			troubled = false
		case !troubled:
			troubled = true
			level := slog.LevelWarn
			if lockstep.CodeOf(err) == lockstep.CodeUnavailable { // told of elsewhere
				level = slog.LevelDebug
			}
			s.Log.Log(ctx, level, "figures cannot be fetched", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Fetch brings all that there is.
func (s *Sampler) Fetch(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	after, err := s.Store.FramesUntil(ctx, s.Host)
	if err != nil {
		return err
	}
	for more := true; more; {
		var frames []lockstep.Frame
		if frames, more, err = s.Agent.Frames(ctx, after); err != nil {
			return err
		}
		for _, frame := range frames {
			if err := s.Store.AddFrame(ctx, s.Host, frame); err != nil {
				return err
			}
			after = frame.Seq
		}
		more = more && len(frames) > 0
	}
	return nil
}
