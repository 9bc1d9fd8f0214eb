package varformat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/varformat"
)

func TestAllMistakesAreToldWithTheirLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		format varformat.Format
		src    string
		want   string // lines
	}{
		"dotenv":            {varformat.Dotenv, "A=1\nnothing\n1X=2\nB='x' y\nC=3\nD=\"open\nE=4\n", "2 3 4 6"},
		"dotenv, two lines": {varformat.Dotenv, "A='1\n2' x\nB\n", "2 3"},
		"docker":            {varformat.DockerEnv, "A=1\nB\n# c\nC\n", "2 4"},
		"yaml":              {varformat.YAML, "A: 1\nB: [x]\nC: 2\nD: null\n", "2 4"},
		"json":              {varformat.JSON, "{\n\"A\": null,\n\"B\": 1,\n\"C\": null\n}", "2 4"},
		"shell":             {varformat.Shell, "A=1\nrm -rf /\nB=$(date)\nexport C=2\n", "2 3"},
		"tfvars":            {varformat.TFVars, "a = 1\nb = c.d\ne = f()\n", "2 3"},
		"secret":            {varformat.Secret, "kind: Secret\ndata:\n  A: '!'\n  B: eA==\n  C: '?'\n", "3 5"},
		"names":             {varformat.JSON, "{\"A-B\": 1,\n \"A\": 1,\n\"C.D\": 2}", "1 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := varformat.Read(c.format, []byte(c.src))
			var e *lockstep.Error
			if !errors.As(err, &e) {
				t.Fatalf("it is read: %v", err)
			}
			var lines []string
			for _, p := range e.Problems {
				lines = append(lines, fmt.Sprint(p.Line))
			}
			if got := strings.Join(lines, " "); got != c.want {
				t.Errorf("mistakes on lines %s, want %s: %v", got, c.want, e.Problems)
			}
		})
	}
}

func TestOneMistakeIsToldOnce(t *testing.T) {
	t.Parallel()
	_, err := varformat.Read(varformat.Dotenv, []byte("A=1\nB\n"))
	var e *lockstep.Error
	if !errors.As(err, &e) || len(e.Problems) != 0 || !strings.HasPrefix(e.Message, "line 2: there is no = on it") {
		t.Errorf("%v", err)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	src := []byte("# A=0\nexport XA=1\n  A = 2\n{\"B\": 1, \"C\": 2}\n")
	for key, want := range map[string]int{"XA": 2, "B": 4, "C": 4, "D": 0} {
		if got := varformat.Line(src, key); got != want {
			t.Errorf("%s is on line %d, want %d", key, got, want)
		}
	}
}
