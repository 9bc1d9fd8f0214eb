package load

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestRotationKeepsTheMixExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weight := rapid.IntRange(0, 30)
		mix := Mix{weight.Draw(t, "get"), weight.Draw(t, "post"), weight.Draw(t, "slow"), weight.Draw(t, "websocket"), weight.Draw(t, "sse")}
		opts := Options{Mix: mix, NewConnections: rapid.Float64Range(0.01, 1).Draw(t, "share"), GetPaths: []string{"/a", "/b?c=d", "/e"}}.withDefaults()
		mix = opts.Mix // the default where all were 0
		next := newRotation("host", opts)

		const rounds = 4
		dealt, fresh, paths := map[Kind]int{}, map[Kind]int{}, map[string]int{}
		for range rounds * mix.sum() * len(opts.GetPaths) {
			s := next.next()
			dealt[s.kind]++
			if s.fresh {
				fresh[s.kind]++
			}
			if s.kind == Get {
				paths[s.url.String()]++
			}
		}
		for _, k := range Kinds() {
			if want := rounds * mix.weight(k) * len(opts.GetPaths); dealt[k] != want {
				t.Fatalf("%s: %d dealt, want %d", k, dealt[k], want)
			}
		}
		for path, n := range paths {
			if n != rounds*mix.Get {
				t.Fatalf("%s: %d dealt, want %d", path, n, rounds*mix.Get)
			}
		}
		if fresh[WebSocket] != dealt[WebSocket] {
			t.Fatalf("%d of %d WebSockets on connections of their own", fresh[WebSocket], dealt[WebSocket])
		}
		all, total := 0, 0
		for _, k := range Kinds() {
			all += fresh[k]
			total += dealt[k]
		}
		// Each lane may owe a part of one; WebSockets may be more than the share.
		want := max(opts.NewConnections*float64(total), float64(dealt[WebSocket]))
		if math.Abs(float64(all)-want) > float64(len(next.lanes)) {
			t.Fatalf("%d of %d fresh, want %.1f", all, total, want)
		}
	})
}

// Interleaving must not put all of one kind on the same side.
func TestEachKindIsHalfOnNewConnections(t *testing.T) {
	t.Parallel()
	next := newRotation("host", Options{}.withDefaults())
	dealt, fresh := map[string]int{}, map[string]int{}
	for range 10000 {
		s := next.next()
		key := string(s.kind) + " " + s.url.Path
		dealt[key]++
		if s.fresh {
			fresh[key]++
		}
	}
	if len(dealt) != 6 {
		t.Fatalf("dealt %v", dealt)
	}
	for key, n := range dealt {
		share := float64(fresh[key]) / float64(n)
		want := (0.5 - 0.06) / 0.94
		if key == "websocket /api/ws" {
			want = 1
		}
		if math.Abs(share-want) > 0.01 {
			t.Errorf("%s: %.3f on new connections, want %.3f", key, share, want)
		}
	}
}

func TestDefaultsAreTheDefinition(t *testing.T) {
	t.Parallel()
	o := Options{}.withDefaults()
	if o.Rate < 200 || o.NewConnections != 0.5 || o.SlowFor.Seconds() != 3 || o.SessionFor.Seconds() < 2 || o.SessionFor.Seconds() > 3 {
		t.Errorf("defaults %+v", o)
	}
	for _, k := range Kinds() {
		if o.Mix.weight(k) == 0 {
			t.Errorf("no %s in the default mix", k)
		}
	}
	if o.Timeout.Seconds() <= 33 {
		t.Errorf("timeout %s does not outlast a request held for 30 s with an answer of 3 s", o.Timeout)
	}
	if got := (Options{NewConnections: -1}).withDefaults().NewConnections; got != 0 {
		t.Errorf("a negative share = %v, want 0", got)
	}
}
