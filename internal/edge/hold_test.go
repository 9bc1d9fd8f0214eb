package edge

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// held is a routing that holds.
func held(d time.Duration, splits ...lockstep.Split) lockstep.Routing {
	r := routing(splits...)
	r.HoldFor = lockstep.Duration(d)
	return r
}

// pass lets time pass in a bubble, where it takes none.
func pass(d time.Duration) { <-time.After(d) }

// seek looks for a seat as a request would, and reports the verdict.
func seek(ctx context.Context, e *Edge) (*exchange, verdict) {
	x := &exchange{edge: e, env: e.envs[envID], aim: aim{path: "/"}}
	return x, x.admit(ctx)
}

func TestHeldRequestsFollowTheNewRouting(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	e.SetPool(envID, groupOf("old"), backends("old", startApp(t, "old", nil)))
	e.SetPool(envID, groupOf("new"), backends("new", startApp(t, "new", nil)))
	e.SetRouting(envID, held(time.Minute, all("old")))
	var answers sync.WaitGroup
	const n = 300
	for range n {
		answers.Go(func() {
			if w := post(e.EnvironmentHandler(envID), "12345"); w.Code != 200 || w.Body.String() != "new 5" {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
		})
	}
	room := &e.envs[envID].room
	eventually(t, "all wait", func() bool { return room.waiting.Load() == n })
	if s := e.Stats(envID)["old"]; s.InFlight != 0 {
		t.Errorf("held requests are in flight: %+v", s)
	}
	e.SetRouting(envID, held(time.Minute, all("old"), none("new"))) // still holding: nobody leaves
	if got := room.waiting.Load(); got != n {
		t.Errorf("%d of %d wait on", got, n)
	}
	e.SetRouting(envID, routing(all("new")))
	answers.Wait()
	if h, s := e.HoldStats(envID); h != n || s != 0 || room.waiting.Load() != 0 {
		t.Errorf("held %d, shed %d, waiting %d", h, s, room.waiting.Load())
	}
	if s := e.Stats(envID)["new"]; s.Requests != n || s.Latency.P99 > 10_000 {
		t.Errorf("counted %+v", s)
	}
}

// Each waits at most HoldFor from its own arrival, also across further
// routings that hold.
func TestHoldEndsForEachAtItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{})
		e.SetPool(envID, groupOf("r"), []Backend{{"i", "127.0.0.1:1"}})
		e.SetRouting(envID, held(10*time.Second, all("r")))
		var waits []time.Duration
		var mu sync.Mutex
		var seekers sync.WaitGroup
		for i := range 3 {
			seekers.Go(func() {
				pass(time.Duration(i) * time.Second)
				arrived := time.Now()
				_, found := seek(t.Context(), e)
				mu.Lock()
				defer mu.Unlock()
				if waits = append(waits, time.Since(arrived)); found != shed {
					t.Errorf("after %s the verdict is %d", time.Since(arrived), found)
				}
			})
		}
		pass(5 * time.Second)
		e.SetRouting(envID, held(10*time.Second, all("r")))
		seekers.Wait()
		if fmt.Sprint(waits) != "[10s 10s 10s]" {
			t.Errorf("they waited %v", waits)
		}
		if h, s := e.HoldStats(envID); h != 0 || s != 3 || e.envs[envID].room.waiting.Load() != 0 {
			t.Errorf("held %d, shed %d", h, s)
		}
	})
}

func TestRoomIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{RoomLimit: 5})
		e.SetPool(envID, groupOf("r"), []Backend{{"i", "127.0.0.1:1"}})
		e.SetRouting(envID, held(time.Minute, all("r")))
		var seekers sync.WaitGroup
		var seats, turnedAway atomic.Int64
		for range 8 {
			seekers.Go(func() {
				x, found := seek(t.Context(), e)
				switch found {
				case seated:
					seats.Add(1)
				case shed:
					turnedAway.Add(1)
				default:
					t.Errorf("the verdict is %d", found)
				}
				x.end()
			})
		}
		synctest.Wait()
		if turnedAway.Load() != 3 {
			t.Errorf("%d of 8 were turned away at once, with 5 places", turnedAway.Load())
		}
		e.SetRouting(envID, routing(all("r")))
		seekers.Wait()
		if h, s := e.HoldStats(envID); seats.Load() != 5 || h != 5 || s != 3 {
			t.Errorf("%d got a seat; held %d, shed %d", seats.Load(), h, s)
		}
		if left := e.DrainAll(t.Context()); left != 0 {
			t.Errorf("%d in flight at the end", left)
		}
	})
}

// A client that goes away leaves the room, and its place is free.
func TestClientLeavesTheRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{RoomLimit: 1})
		e.SetRouting(envID, held(time.Minute, all("r")))
		ctx, leave := context.WithCancel(t.Context())
		done := make(chan verdict)
		go func() { _, found := seek(ctx, e); done <- found }()
		synctest.Wait()
		leave()
		if found := <-done; found != gone {
			t.Errorf("the verdict is %d", found)
		}
		if h, s := e.HoldStats(envID); h != 0 || s != 0 || e.envs[envID].room.waiting.Load() != 0 {
			t.Errorf("held %d, shed %d, waiting %d", h, s, e.envs[envID].room.waiting.Load())
		}
	})
}

// After a hold the new instances do not meet everybody at once.
func TestReleaseIsPaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{})
		e.SetPool(envID, groupOf("r"), []Backend{{"i", "127.0.0.1:1"}})
		e.SetRouting(envID, held(time.Minute, all("r")))
		var seats atomic.Int64
		var seekers sync.WaitGroup
		answered := make(chan struct{})
		for range 1000 {
			seekers.Go(func() {
				x, found := seek(t.Context(), e)
				if found != seated {
					t.Errorf("the verdict is %d", found)
				}
				seats.Add(1)
				<-answered
				x.end()
			})
		}
		synctest.Wait()
		e.SetRouting(envID, routing(all("r")))
		synctest.Wait()
		if got := seats.Load(); got != releasePace {
			t.Errorf("%d were let on at once, not %d", got, releasePace)
		}
		pass(paceFor)
		synctest.Wait()
		if got := seats.Load(); got != 2*releasePace {
			t.Errorf("%d were let on after %s without an answer, not %d", got, paceFor, 2*releasePace)
		}
		close(answered)
		seekers.Wait()
		if got := len(e.envs[envID].room.gate); got != 0 {
			t.Errorf("%d places in the gate were not given back", got)
		}
	})
}

func TestWaitForAReadyInstance(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{})
		e.SetRouting(envID, routing(all("r")))
		done := make(chan verdict)
		started := time.Now()
		go func() { _, found := seek(t.Context(), e); done <- found }()
		pass(900 * time.Millisecond)
		e.SetPool(envID, "other", []Backend{{"o", "127.0.0.1:1"}}) // must not start the time anew
		if found := <-done; found != noInstance || time.Since(started) != defaultReadyWait {
			t.Errorf("after %s the verdict is %d", time.Since(started), found)
		}
		go func() { x, found := seek(t.Context(), e); x.end(); done <- found }()
		pass(900 * time.Millisecond)
		e.SetPool(envID, groupOf("r"), []Backend{{"i", "127.0.0.1:1"}})
		if found := <-done; found != seated {
			t.Errorf("an instance came, and the verdict is %d", found)
		}
		if h, s := e.HoldStats(envID); h != 0 || s != 0 {
			t.Errorf("held %d, shed %d: nobody was", h, s)
		}
	})
}

// From a hold into a group that is not ready yet: recreate, a moment early.
func TestHoldThenWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{})
		e.SetRouting(envID, held(time.Minute, none("r")))
		done := make(chan verdict)
		go func() { x, found := seek(t.Context(), e); x.end(); done <- found }()
		pass(30 * time.Second)
		e.SetRouting(envID, routing(all("r")))
		pass(defaultReadyWait / 2)
		e.SetPool(envID, groupOf("r"), []Backend{{"i", "127.0.0.1:1"}})
		if found := <-done; found != seated {
			t.Errorf("the verdict is %d", found)
		}
		if h, s := e.HoldStats(envID); h != 1 || s != 0 {
			t.Errorf("held %d, shed %d", h, s)
		}
	})
}

// unread is a body that must not be touched.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body of a held request was read")
	return 0, io.EOF
}

func TestShedGetsTheMaintenancePage(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	e.SetRouting(envID, held(time.Millisecond, all("r")))
	w := request(e.EnvironmentHandler(envID), newRequest(http.MethodPost, "/", unread{t}))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), envName) {
		t.Errorf("answered %d %v %s", w.Code, w.Header(), w.Body)
	}
	if s := e.Stats(envID)["r"]; s.Failed != 0 {
		t.Errorf("shed, and yet counted as failed: %+v", s)
	}
}

func TestNoInstanceIsAFailure(t *testing.T) {
	t.Parallel()
	e := New(Options{ReadyWait: -1})
	e.SetRouting(envID, routing(all("r")))
	w := get(e.EnvironmentHandler(envID), "/")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d %v", w.Code, w.Header())
	}
	if s := e.Stats(envID)["r"]; s.Failed != 1 || s.Requests != 0 {
		t.Errorf("counted %+v", s)
	}
}

// A service that calls another one is not held: only requests from outside are.
func TestInternalRequestsAreNotHeld(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, startApp(t, "r", nil))
	e.SetRouting(envID, held(time.Minute, all("r")))
	if w := get(e.GroupHandler(envID, groupOf("r")), "/"); w.Code != 200 {
		t.Errorf("answered %d", w.Code)
	}
}

func TestRemovalEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{})
		e.SetRouting(envID, held(time.Minute, all("r")))
		done := make(chan verdict)
		env := e.envs[envID]
		go func() {
			x := &exchange{edge: e, env: env, aim: aim{path: "/"}}
			done <- x.admit(t.Context())
		}()
		synctest.Wait()
		e.RemoveRouting(envID)
		if found := <-done; found != unknownEnvironment {
			t.Errorf("the verdict is %d", found)
		}
	})
}
