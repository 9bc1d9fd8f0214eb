package client

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// AppOptions say which configuration an app reads. Client, Environment and
// Service are required.
type AppOptions struct {
	Client      *Client
	Environment string // ID or name
	Service     string
	Version     string // a number, latest or running; "": running, or latest where nothing runs
	Reveal      bool   // with the values of secrets; that it was read is noted

	// FallbackFile keeps a copy, encrypted, for starts while the server cannot
	// be reached; "": none. FallbackKey is the file with its key, which is made
	// where there is none; default: FallbackFile with .key behind it.
	FallbackFile string
	FallbackKey  string

	Patience time.Duration                // for the server when starting; default 5s
	Changed  func(before, after AppState) // after each change of what the service gets, one at a time
	Trouble  func(error)                  // what went wrong and is tried again, or is lived with: the server away, no copy written
	Now      func() time.Time             // default time.Now
}

// AppState is a configuration as it was read.
type AppState struct {
	Env      map[string]string // not to be written to; nor are the others
	Secrets  []string          // keys of Env whose value is one, or has one in it
	Files    []string          // keys of Env of which instances get a file with the value
	Config   int64             // number of the config version
	Release  string            // "" where nothing runs
	ETag     string
	ReadAt   time.Time // when the server said so last
	Fallback bool      // it is the copy: the server was not reached since
}

// Age is how long ago the server said so last.
func (s AppState) Age(now time.Time) time.Duration { return now.Sub(s.ReadAt) }

// AppConfig is an app's configuration, kept fresh by Watch. Its methods may be
// called concurrently.
type AppConfig struct {
	opts AppOptions
	copy *fallback // nil: none

	mu    sync.RWMutex
	state AppState
}

// OpenAppConfig reads a configuration: from the server or, where that cannot be
// reached, from the copy. A server that answers with an error is not one that
// cannot be reached: there the copy stays where it is.
func OpenAppConfig(ctx context.Context, opts AppOptions) (*AppConfig, error) {
	switch {
	case opts.Client == nil:
		return nil, lockstep.Invalid("client", "an app's configuration needs a Client")
	case opts.Environment == "" || opts.Service == "":
		return nil, lockstep.Invalid("service", "say whose configuration: Environment and Service")
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Patience <= 0 {
		opts.Patience = 5 * time.Second
	}
	if opts.Changed == nil {
		opts.Changed = func(AppState, AppState) {}
	}
	if opts.Trouble == nil {
		opts.Trouble = func(error) {}
	}
	a := &AppConfig{opts: opts}
	if opts.FallbackFile != "" {
		var err error
		if a.copy, err = openFallback(opts); err != nil {
			return nil, err
		}
	}
	asking, cancel := context.WithTimeout(ctx, opts.Patience)
	err := a.ask(asking, 0)
	cancel()
	switch {
	case err == nil:
		return a, nil
	case ctx.Err() != nil || a.copy == nil || !away(err):
		return nil, err
	}
	kept, other := a.copy.read()
	if other != nil {
		return nil, lockstep.Errorf(lockstep.CodeUnavailable, "%w\nand the copy of the configuration cannot be used: %w", err, other)
	}
	kept.Fallback = true
	a.state = kept
	opts.Trouble(err)
	return a, nil
}

// away says that a server was not reached, or could not say anything of use.
func away(err error) bool {
	switch lockstep.CodeOf(err) { //nolint:exhaustive // with the others it has answered
	case lockstep.CodeUnavailable, lockstep.CodeInternal:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded)
}

// State is the configuration now.
func (a *AppConfig) State() AppState {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.state
}

// Get is the value of a variable now.
func (a *AppConfig) Get(key string) (string, bool) {
	value, ok := a.State().Env[key]
	return value, ok
}

// How long the server waits for a change at most, how much longer the network
// may take, and the pauses after something went wrong.
const (
	watchFor   = 30 * time.Second
	watchSlack = 15 * time.Second
	firstPause = 100 * time.Millisecond
	maxPause   = 15 * time.Second
)

// Watch keeps the configuration fresh until ctx ends. It is called once.
// Whatever goes wrong is told to Trouble, and tried again; the configuration
// stays as it was.
func (a *AppConfig) Watch(ctx context.Context) {
	for pause := firstPause; ctx.Err() == nil; {
		asking, cancel := context.WithTimeout(ctx, watchFor+watchSlack)
		err := a.ask(asking, watchFor)
		cancel()
		if err == nil {
			pause = firstPause
			continue
		}
		if ctx.Err() != nil {
			return
		}
		a.opts.Trouble(err)
		timer := time.NewTimer(pause/2 + rand.N(pause/2)) // a thousand apps do not come back at once
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
		pause = min(2*pause, maxPause)
	}
}

// ask reads what is new, and waits so long for it where nothing is.
func (a *AppConfig) ask(ctx context.Context, wait time.Duration) error {
	before := a.State()
	if before.Fallback {
		wait = 0 // first of all: whether it still holds
	}
	query := ResolvedQuery{Service: a.opts.Service, Version: a.opts.Version, Reveal: a.opts.Reveal}
	doc, tag, err := a.opts.Client.ResolvedConfigSince(ctx, a.opts.Environment, query, before.ETag, wait)
	if err != nil {
		return err
	}
	after := before
	after.ReadAt, after.Fallback = a.opts.Now().UTC(), false
	if doc != nil {
		service, ok := doc.Services[a.opts.Service]
		if !ok {
			return lockstep.Errorf(lockstep.CodeInternal, "the server answered without service %s", a.opts.Service)
		}
		after.Env, after.Secrets, after.Files = service.Env, service.Secrets, service.Files
		after.Config, after.Release, after.ETag = doc.Config, doc.Release, tag
	}
	a.mu.Lock()
	a.state = after
	a.mu.Unlock()
	if a.copy != nil {
		if err := a.copy.keep(after); err != nil {
			a.opts.Trouble(err)
		}
	}
	if before.ETag != "" && (!maps.Equal(before.Env, after.Env) || !slices.Equal(before.Files, after.Files)) {
		a.opts.Changed(before, after)
	}
	return nil
}
