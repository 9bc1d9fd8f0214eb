package lockstep_test

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestEditDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"production", "production", 0},
		{"prduction", "production", 1},
		{"abdc", "abcd", 1}, // two that changed places
		{"staging", "standby", 4},
	} {
		if got, back := lockstep.EditDistance(c.a, c.b), lockstep.EditDistance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%q and %q: %d and %d, want %d", c.a, c.b, got, back, c.want)
		}
	}
}
