package strategy

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s (-update rewrites it)\nwant:\n%s\ngot:\n%s", file, want, got)
	}
}

// table writes a plan as a person reads it.
func table(p lockstep.Plan) string {
	var b strings.Builder
	for _, s := range p.Steps {
		line := fmt.Sprintf("%2d %-7s %-14s %-38s %s", s.Seq, s.Phase, s.Kind, s.Name, operands(s.Do))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if len(p.Steps) == 0 {
		b.WriteString("nothing to do\n")
	}
	return b.String()
}

func operands(do lockstep.StepAction) string {
	var out []string
	add := func(name string, value any, set bool) {
		if set {
			out = append(out, fmt.Sprintf("%s=%v", name, value))
		}
	}
	add("revision", do.Revision, do.Revision != "")
	add("group", do.Group, do.Group != "")
	add("replicas", do.Replicas, do.Group != "")
	add("groups", strings.Join(do.Groups, ","), len(do.Groups) > 0)
	for _, split := range do.Splits {
		add("split", fmt.Sprintf("%s:%d", split.Revision, split.Weight), true)
	}
	add("level", do.Level, do.Level != "")
	add("direct", do.Direct, do.Direct)
	add("baseline", do.Baseline, do.Baseline != "")
	if do.Analysis != nil {
		text, err := lockstep.Canonical(*do.Analysis)
		if err != nil {
			panic(err)
		}
		add("analysis", string(text), true)
		add("sample", string(do.Sample), do.Sample != "")
	}
	if do.Hook != nil {
		add("service", do.Service, true)
		add("hook", fmt.Sprintf("%+v", *do.Hook), true)
	}
	if do.Live != nil {
		add("live", fmt.Sprintf("%+v", *do.Live), true)
	}
	add("message", strconv.Quote(do.Message), do.Message != "")
	add("partial", do.Partial, do.Partial)
	add("timeout", do.Timeout, do.Timeout != 0)
	add("disabled", strings.Join(do.Disabled, ","), do.Disabled != nil)
	add("always", do.Always, do.Always)
	return strings.Join(out, " ")
}
