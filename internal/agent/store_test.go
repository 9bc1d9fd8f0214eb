package agent

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

func openTestStore(t interface {
	Helper()
	Fatal(...any)
}, dir string,
) *store {
	t.Helper()
	seal, err := openSealer(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(dir, seal, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// block makes every write fail until it is undone: the file that is written
// first cannot be made.
func block(t interface{ Fatal(...any) }, dir string) (undo func()) {
	path := filepath.Join(dir, "state.tmp")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "in the way"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChangesAreDurableWhenTheyReturn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	var wg sync.WaitGroup
	for n := range 50 {
		wg.Go(func() {
			env := fmt.Sprint("env", n%5)
			err := s.change(env, func(e *environment) error {
				e.setDone(fmt.Sprint(n))
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			// What another process would read now holds it.
			st, err := s.seal.load(s.path)
			if err != nil || !st.environment(env).isDone(fmt.Sprint(n)) {
				t.Errorf("change %d returned before it was durable: %v", n, err)
			}
		})
	}
	wg.Wait()
	s.close()
	if err := s.change("env", func(*environment) error { return nil }); !errors.Is(err, errClosing) {
		t.Errorf("a change after the end: %v", err)
	}
	again := openTestStore(t, dir)
	defer again.close()
	for n := range 50 {
		if !again.view().environment(fmt.Sprint("env", n%5)).isDone(fmt.Sprint(n)) {
			t.Errorf("change %d is lost", n)
		}
	}
}

func TestAChangeThatCannotBeWrittenHasNotHappened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	defer s.close()
	set := func(key string) error {
		return s.change("env", func(e *environment) error {
			e.setDone(key)
			return nil
		})
	}
	if err := set("before"); err != nil {
		t.Fatal(err)
	}
	undo := block(t, dir)
	var wg sync.WaitGroup
	for n := range 10 { // some of them built on others that fail
		wg.Go(func() {
			if err := set(fmt.Sprint("lost", n)); lockstep.CodeOf(err) != lockstep.CodeUnavailable {
				t.Errorf("got %v, want unavailable", err)
			}
		})
	}
	wg.Wait()
	s.note("env", "port", func(e *environment) { e.Port = 4711 }) // a fact remains one
	undo()
	if err := set("after"); err != nil {
		t.Fatal(err)
	}
	s.close()
	again := openTestStore(t, dir)
	defer again.close()
	e := again.view().environment("env")
	if fmt.Sprint(e.Done) != "[before after]" || e.Port != 4711 {
		t.Errorf("done %v, port %d", e.Done, e.Port)
	}
}

func TestAFactIsWrittenWhenTheDiskTakesIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	defer s.close()
	if err := s.change("env", func(*environment) error { return nil }); err != nil {
		t.Fatal(err)
	}
	undo := block(t, dir)
	for port := range 4712 { // only the last one counts
		s.note("env", "port", func(e *environment) { e.Port = port })
	}
	s.mu.Lock()
	if len(s.notes) != 1 {
		t.Errorf("%d facts about one thing wait", len(s.notes))
	}
	s.mu.Unlock()
	s.note("gone", "port", func(e *environment) { e.Port = 1 }) // of an environment that nobody knows
	undo()
	// Nobody changes anything: the store tries again by itself. A change that
	// finds nothing to do returns when what is pending is durable.
	for {
		err := s.change("env", func(*environment) error { return errUnchanged })
		if err == nil {
			break
		}
	}
	st, err := s.seal.load(s.path)
	if err != nil || st.environment("env").Port != 4711 || len(st.Environments) != 1 {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestFencesOnlyGrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var e environment
		highest := int64(0)
		for _, fence := range rapid.SliceOf(rapid.Int64Range(0, 5)).Draw(t, "fences") {
			err := e.allow(wire.Call{Fence: fence})
			if (err == nil) != (fence >= highest) {
				t.Fatalf("fence %d after %d: %v", fence, highest, err)
			}
			highest = max(highest, fence)
			if e.Fence != highest {
				t.Fatalf("fence is %d, want %d", e.Fence, highest)
			}
		}
	})
}

// Whatever fails and whenever the agent dies: what is read again is what the
// changes that succeeded made of it, in their order.
func TestTheStoreAgainstAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "store") //nolint:usetesting // one for each run of the property
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // of no use any more
		s := openTestStore(t, dir)
		model := map[string][]string{}
		undo := func() {}
		for n := range rapid.IntRange(1, 20).Draw(t, "steps") {
			env := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "environment")
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				undo()
				undo = block(t, dir)
			case 1:
				undo()
				undo = func() {}
			case 2:
				s.close() // what a crash loses, nobody was told
				undo()
				undo = func() {}
				s = openTestStore(t, dir)
			default:
				err := s.change(env, func(e *environment) error {
					e.setDone(fmt.Sprint(n))
					return nil
				})
				if err == nil {
					model[env] = append(model[env], fmt.Sprint(n))
				}
			}
			for env, want := range model {
				if got := s.view().environment(env).Done; fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("%s is %v, want %v", env, got, want)
				}
			}
		}
		s.close()
		undo()
	})
}

// However many environments come and go: the state stays small, and no lower
// fence is ever taken again.
func TestRemovedEnvironmentsAreBounded(t *testing.T) {
	t.Parallel()
	s := &state{Environments: map[string]*environment{}}
	live := &environment{Fence: 3, Port: 20000}
	s.Environments["live"] = live
	const many = maxEnvironments + maxRemoved + 1000
	for n := range many {
		s.Environments[fmt.Sprint(n)] = &environment{Fence: int64(n + 10)}
	}
	next, _ := s.with("new")
	if len(next.Environments) > maxRemoved+2 {
		t.Errorf("%d environments are listed", len(next.Environments))
	}
	if next.Environments["live"] != live {
		t.Error("an environment with more than a fence was forgotten")
	}
	for n := range many {
		_, e := next.with(fmt.Sprint(n))
		if err := e.allow(wire.Call{Fence: int64(n + 9)}); lockstep.CodeOf(err) != lockstep.CodeFenced {
			t.Fatalf("environment %d takes a fence below its own: %v", n, err)
		}
	}
}
