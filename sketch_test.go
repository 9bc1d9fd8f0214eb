package lockstep_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func hashOf(n int) uint64 {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	sum := sha256.Sum256(b[:])
	return binary.BigEndian.Uint64(sum[:8])
}

func sketchOf(from, until int) (s lockstep.Sketch) {
	for n := from; n < until; n++ {
		s.Add(hashOf(n))
	}
	return s
}

func TestASketchEstimatesWithinItsError(t *testing.T) {
	t.Parallel()
	var s lockstep.Sketch
	next := 0
	for _, want := range []int{0, 1, 2, 10, 100, 1000, 5000, 12_456, 200_000} {
		for ; next < want; next++ {
			s.Add(hashOf(next))
			s.Add(hashOf(next)) // who comes again is no other
		}
		got := s.Estimate()
		if allowed := math.Max(0, 4*0.023*float64(want)); math.Abs(float64(got)-float64(want)) > allowed {
			t.Errorf("%d distinct things are estimated as %d", want, got)
		}
	}
}

func TestSketchesAddUpWithoutCountingTwice(t *testing.T) {
	t.Parallel()
	a, b := sketchOf(0, 6000), sketchOf(4000, 10_000)
	both := sketchOf(0, 10_000)
	before := a.Estimate()
	var merged lockstep.Sketch
	merged.Merge(a)
	merged.Merge(b)
	merged.Merge(nil)
	if !reflect.DeepEqual(merged, both) {
		t.Error("merging is not the same as adding everything")
	}
	if a.Estimate() != before {
		t.Error("merging changed what was merged")
	}
}

func TestASketchSurvivesJSON(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 50, 680, 690, 5000} {
		want := sketchOf(0, n)
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got := lockstep.Sketch{1}
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("of %d: %v", n, err)
		}
	}
}

func FuzzSketch(f *testing.F) {
	f.Add([]byte(`"AAAB"`))
	f.Add([]byte(`"CAAB"`))
	f.Add([]byte(`"AAA"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s lockstep.Sketch
		if json.Unmarshal(text, &s) != nil {
			return
		}
		if n := s.Estimate(); n < 0 {
			t.Errorf("an estimate of %d", n)
		}
	})
}
