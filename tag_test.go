package lockstep_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestRetag(t *testing.T) {
	t.Parallel()
	got, err := lockstep.Retag([]string{"team=shop", "tier=1", "x=y=z"}, map[string]string{"tier": "2", "a": ""}, []string{"team", "nothing"})
	if want := []string{"a=", "tier=2", "x=y=z"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	for key, value := range map[string]string{"": "x", "Team": "x", "a b": "x", "-a": "x", "a=b": "x", "line": "a\nb", "long": strings.Repeat("x", 129), strings.Repeat("k", 64): "x"} {
		if tags, err := lockstep.Retag(nil, map[string]string{key: value}, nil); lockstep.CodeOf(err) != lockstep.CodeInvalid {
			t.Errorf("%q=%q makes %v, %v", key, value, tags, err)
		}
	}
}
