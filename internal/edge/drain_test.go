package edge

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"pgregory.net/rapid"
)

// The race that loses requests, step by step: a request has chosen from a
// view, the view is replaced, the drain finds nothing in flight, and only
// then the request goes on.
func TestChoiceFromAnOldViewIsVoid(t *testing.T) {
	t.Parallel()
	two := []Backend{{"a", "127.0.0.1:1"}, {"b", "127.0.0.1:2"}}
	now, cancel := context.WithCancel(t.Context())
	cancel()
	for name, replace := range map[string]func(*Edge) (left int){
		"instance left the pool": func(e *Edge) int {
			e.SetPool(envID, groupOf("old"), two[1:])
			return e.DrainInstance(now, envID, "a")
		},
		"instance came back at another address": func(e *Edge) int {
			e.SetPool(envID, groupOf("old"), []Backend{{"a", "127.0.0.1:3"}})
			return e.DrainInstance(now, envID, "a")
		},
		"revision left the routing": func(e *Edge) int {
			e.SetRouting(envID, routing(all("new")))
			return e.DrainGroups(now, envID, []string{groupOf("old")})
		},
		"hold began": func(e *Edge) int {
			e.SetRouting(envID, held(time.Minute, all("old")))
			return e.DrainGroups(now, envID, []string{groupOf("old")})
		},
		"environment was removed": func(e *Edge) int {
			e.RemoveRouting(envID)
			return e.DrainAll(now)
		},
	} {
		e := New(Options{})
		e.SetPool(envID, groupOf("old"), two)
		e.SetPool(envID, groupOf("new"), []Backend{{"n", "127.0.0.1:4"}})
		e.SetRouting(envID, routing(all("old")))
		x := &exchange{edge: e, env: e.envs[envID], aim: aim{path: "/"}}
		v := x.env.now.Load()
		if left := replace(e); left != 0 {
			t.Fatalf("%s: %d in flight before any request", name, left)
		}
		if found := x.sit(v); found != outdated {
			t.Errorf("%s: the request got a seat after the drain: %d", name, found)
		}
		if left := e.DrainAll(now); left != 0 {
			t.Errorf("%s: %d in flight after the request gave up", name, left)
		}
	}
}

// The same for a request that changes its instance after a failed dial.
func TestChangeToAnOldPoolIsVoid(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	e.SetPool(envID, groupOf("r"), []Backend{{"a", "127.0.0.1:1"}})
	e.SetRouting(envID, routing(all("r")))
	x, _ := seek(t.Context(), e)
	x.seat.leaveInstance()
	e.SetPool(envID, groupOf("r"), []Backend{{"a", "127.0.0.1:1"}, {"b", "127.0.0.1:2"}})
	v := x.env.now.Load()
	e.SetPool(envID, groupOf("r"), []Backend{{"c", "127.0.0.1:3"}})
	if found := x.change(v); found != outdated {
		t.Errorf("the request got %s, which had left: %d", x.seat.instance.id, found)
	}
	if found := x.change(x.env.now.Load()); found != seated || x.seat.instance.id != "c" {
		t.Errorf("the request did not get c: %d", found)
	}
	x.end()
	if len(e.envs[envID].instances) != 1 {
		e.Stats(envID) // forgets what is drained
	}
	if n := len(e.envs[envID].instances); n != 1 {
		t.Errorf("%d instances are remembered", n)
	}
}

// hammer sends requests until stop is called, and waits for the last.
func hammer(t *testing.T, workers int, handler http.Handler) (stop func()) {
	t.Helper()
	var stopped atomic.Bool
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for !stopped.Load() {
				if w := get(handler, "/"); w.Code != http.StatusOK {
					t.Errorf("answered %d", w.Code)
					return
				}
			}
		})
	}
	stop = func() { stopped.Store(true); running.Wait() }
	t.Cleanup(stop)
	return stop
}

// watched is an app that must not be reached while it is closed.
type watched struct {
	closed atomic.Bool
	inside atomic.Int64
	broken atomic.Int64
}

func (w *watched) ServeHTTP(http.ResponseWriter, *http.Request) {
	w.inside.Add(1)
	if w.closed.Load() {
		w.broken.Add(1)
	}
	w.inside.Add(-1)
}

// After DrainInstance returned 0 no request reaches the instance, whatever
// else is going on.
func TestDrainedInstanceIsNotReached(t *testing.T) {
	t.Parallel()
	var apps [3]*watched
	var running []*app
	for i := range apps {
		apps[i] = &watched{}
		running = append(running, startApp(t, "r", apps[i]))
	}
	e := serving(t, Options{}, running...)
	stop := hammer(t, 4, e.EnvironmentHandler(envID))
	pool := backends("r", running...)
	ctx := within(t)
	for round := range 200 {
		i := round % len(apps)
		rest := append(append([]Backend(nil), pool[:i]...), pool[i+1:]...)
		e.SetPool(envID, groupOf("r"), rest)
		if left := e.DrainInstance(ctx, envID, pool[i].Instance); left != 0 {
			t.Fatalf("%d in flight", left)
		}
		apps[i].closed.Store(true)
		for range 3 {
			get(e.EnvironmentHandler(envID), "/")
		}
		if n := apps[i].inside.Load(); n != 0 {
			t.Fatalf("%d requests are inside a drained instance", n)
		}
		apps[i].closed.Store(false)
		e.SetPool(envID, groupOf("r"), pool)
	}
	stop()
	for i, a := range apps {
		if n := a.broken.Load(); n != 0 {
			t.Errorf("%d requests reached instance %d after it was drained", n, i)
		}
	}
}

// The same for a revision that the routing leaves, with its pool full.
func TestDrainedGroupIsNotReached(t *testing.T) {
	t.Parallel()
	revisions := []string{"blue", "green"}
	apps := map[string]*watched{"blue": {}, "green": {}}
	e := New(Options{})
	for _, r := range revisions {
		e.SetPool(envID, groupOf(r), backends(r, startApp(t, r, apps[r])))
	}
	e.SetRouting(envID, routing(all("blue")))
	stop := hammer(t, 4, e.EnvironmentHandler(envID))
	ctx := within(t)
	for round := range 200 {
		from, to := revisions[round%2], revisions[(round+1)%2]
		apps[to].closed.Store(false)
		e.SetRouting(envID, routing(none(from), all(to)))
		if left := e.DrainGroups(ctx, envID, []string{groupOf(from)}); left != 0 {
			t.Fatalf("%d in flight", left)
		}
		apps[from].closed.Store(true)
		get(e.EnvironmentHandler(envID), "/")
	}
	stop()
	for r, a := range apps {
		if n := a.broken.Load(); n != 0 {
			t.Errorf("%d requests reached %s after it was drained", n, r)
		}
	}
}

func TestDrainSaysHowManyAreLeft(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	a := startApp(t, "r", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	e := serving(t, Options{}, a)
	var requests sync.WaitGroup
	for range 3 {
		requests.Go(func() { get(e.EnvironmentHandler(envID), "/") })
	}
	eventually(t, "three are in flight", func() bool { return e.Stats(envID)["r"].InFlight == 3 })
	e.SetPool(envID, groupOf("r"), nil)
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if left := e.DrainInstance(short, envID, backends("r", a)[0].Instance); left != 3 {
		t.Errorf("%d are left of the instance, not 3", left)
	}
	if left := e.DrainGroups(short, envID, []string{groupOf("r"), "unknown"}); left != 3 {
		t.Errorf("%d are left of the group, not 3", left)
	}
	if left := e.DrainAll(short); left != 3 {
		t.Errorf("%d are left, not 3", left)
	}
	drained := make(chan int)
	go func() { drained <- e.DrainGroups(within(t), envID, []string{groupOf("r")}) }()
	close(release)
	if left := <-drained; left != 0 {
		t.Errorf("%d are left in the end", left)
	}
	requests.Wait()
	eventually(t, "connections are closed", func() bool { return a.open.Load() == 0 })
	if e.DrainGroups(t.Context(), "unknown", []string{"x"})+e.DrainInstance(t.Context(), "unknown", "x") != 0 {
		t.Error("something is in flight to nowhere")
	}
}

// A WebSocket holds its instance up until it ends, from whichever side.
func TestDrainWaitsForWebSockets(t *testing.T) {
	t.Parallel()
	for _, closer := range []string{"client", "client breaks", "app dies"} {
		a := startApp(t, "r", nil)
		e := serving(t, Options{}, a)
		addr := open(t, e.EnvironmentHandler(envID))
		ctx := within(t)
		conn, _, err := websocket.Dial(ctx, "ws://"+addr+"/api/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		e.SetPool(envID, groupOf("r"), nil)
		short, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
		if left := e.DrainInstance(short, envID, backends("r", a)[0].Instance); left != 1 {
			t.Errorf("%s: %d are left while the WebSocket is open", closer, left)
		}
		cancel()
		if err := conn.Write(ctx, websocket.MessageText, []byte("still there")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := conn.Read(ctx); err != nil {
			t.Fatalf("%s: the WebSocket of a draining instance: %v", closer, err)
		}
		switch closer {
		case "client":
			_ = conn.Close(websocket.StatusNormalClosure, "")
		case "client breaks":
			_ = conn.CloseNow()
		case "app dies":
			a.kill()
		}
		if left := e.DrainInstance(ctx, envID, backends("r", a)[0].Instance); left != 0 {
			t.Errorf("%s: %d are left after the WebSocket ended", closer, left)
		}
		eventually(t, "connections are closed", func() bool { return a.open.Load() == 0 })
		_ = conn.CloseNow()
	}
}

// Random changes of pools and routings, with requests in between: counts end
// at zero, and nothing is remembered that is neither in force nor in flight.
func TestChangesAndRequestsProperty(t *testing.T) {
	t.Parallel()
	revisions := []string{"a", "b", "c"}
	rapid.Check(t, func(t *rapid.T) {
		e := New(Options{ReadyWait: -1})
		var seats []*exchange
		model := map[*exchange]*instance{}
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			revision := rapid.SampledFrom(revisions).Draw(t, "revision")
			switch rapid.SampledFrom([]string{"pool", "pool", "routing", "remove", "sit", "sit", "sit", "end"}).Draw(t, "step") {
			case "pool":
				var pool []Backend
				for _, id := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"1", "2", "3"}), rapid.ID[string]).Draw(t, "pool") {
					pool = append(pool, Backend{revision + id, "127.0.0.1:" + id})
				}
				e.SetPool(envID, groupOf(revision), pool)
			case "routing":
				e.SetRouting(envID, routing(all(revision), none(revisions[0])))
			case "remove":
				e.RemoveRouting(envID)
			case "sit":
				if env, ok := e.envs[envID]; ok {
					x := &exchange{edge: e, env: env, aim: aim{path: "/"}}
					if x.admit(context.Background()) == seated {
						seats = append(seats, x)
						model[x] = x.seat.instance
					}
				}
			case "end":
				if len(seats) > 0 {
					seats[0].end()
					delete(model, seats[0])
					seats = seats[1:]
				}
			}
			want := map[*instance]int64{}
			for _, in := range model {
				want[in]++
			}
			for in, n := range want {
				if in.inFlight.count() != n {
					t.Fatalf("%s has %d in flight, not %d", in.id, in.inFlight.count(), n)
				}
			}
			done, cancel := context.WithCancel(context.Background())
			cancel()
			if left := e.DrainAll(done); left > len(seats) {
				t.Fatalf("%d are in flight, of %d", left, len(seats))
			}
		}
		for _, x := range seats {
			x.end()
		}
		for _, revision := range revisions {
			e.SetPool(envID, groupOf(revision), nil)
		}
		e.RemoveRouting(envID)
		if len(e.envs)+len(e.claims)+len(e.table.Load().hosts)+len(e.table.Load().environments) != 0 {
			t.Fatalf("something is left: %v %v", e.envs, e.claims)
		}
	})
}
