package matrix_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/matrix"
)

const numbered = `# The shop.
project: shop
services:
  web: {command: [./web]}
  api:
    command: [./api]
    routes: [/api]
    replicas: # by load
      default: 1
      production: 2 # Sundays
  job:
    command: [./job]
    routes: []
    replicas: 3 # everywhere
environments:
  production: # ours
    services:
      job: {replicas: 4} # more
  staging: {}
`

// TestRescale: numbers stand where the text said them, and reading it again
// brings them and nothing else.
func TestRescale(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src     string
		numbers map[string]map[string]int
		changes []string // old and new stretches
	}{
		"nothing":        {numbered, map[string]map[string]int{"production": {"web": 1, "api": 2, "job": 4}, "gone": {"web": 9}, "staging": {"gone": 9}}, nil},
		"among others":   {numbered, map[string]map[string]int{"production": {"api": 5}}, []string{"production: 2 # Sundays", "production: 5 # Sundays"}},
		"one of its own": {numbered, map[string]map[string]int{"production": {"job": 0}}, []string{"{replicas: 4} # more", "{replicas: 0} # more"}},
		"a new one":      {numbered, map[string]map[string]int{"staging": {"api": 7}}, []string{"production: 2 # Sundays\n", "production: 2 # Sundays\n      staging: 7\n"}},
		"one for all":    {numbered, map[string]map[string]int{"staging": {"job": 1}}, []string{"staging: {}\n", "staging:\n    services:\n      job:\n        replicas: 1\n"}},
		"several": {numbered, map[string]map[string]int{"production": {"api": 3, "job": 5}}, []string{
			"production: 2 # Sundays", "production: 3 # Sundays", "{replicas: 4} # more", "{replicas: 5} # more",
		}},
		"no matrix": {"project: [", map[string]map[string]int{"production": {"api": 3}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := c.src
			for i := 0; i < len(c.changes); i += 2 {
				want = strings.Replace(want, c.changes[i], c.changes[i+1], 1)
			}
			if got := string(matrix.Rescale([]byte(c.src), c.numbers)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestRescaleWritesAnew what cannot be changed in its place.
func TestRescaleWritesAnew(t *testing.T) {
	t.Parallel()
	src := `project: shop
services:
  web: {command: [./web], replicas: &n {default: 1, production: 2}} # shared
  api: {command: [./api], routes: [/api], replicas: *n}
environments:
  production: &e {description: both}
  staging: *e
`
	got := matrix.Rescale([]byte(src), map[string]map[string]int{"staging": {"api": 5}})
	m, err := matrix.Parse(got, "rescaled")
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int
	for _, e := range m.Desired().Environments {
		numbers = append(numbers, e.Spec.ReplicasOf("web"), e.Spec.ReplicasOf("api"))
	}
	if len(numbers) != 4 || numbers[0] != 2 || numbers[1] != 2 || numbers[2] != 1 || numbers[3] != 5 {
		t.Errorf("numbers %v of\n%s", numbers, got)
	}
	if !strings.HasPrefix(string(got), "# Written anew, without its comments") {
		t.Errorf("it does not say so:\n%s", got)
	}
}
