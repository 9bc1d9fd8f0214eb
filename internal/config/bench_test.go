package config_test

import (
	"fmt"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// 50 variables that five levels and a deployment say: below 50 µs.
func BenchmarkResolve(b *testing.B) {
	doc := document()
	in := production
	in.Variables = map[string]string{}
	for i := range 50 {
		key := fmt.Sprintf("VARIABLE_%d", i)
		for _, l := range []lockstep.VariableLevel{lockstep.LevelProject, lockstep.LevelType, lockstep.LevelParent, lockstep.LevelEnvironment} {
			doc.Variables = append(doc.Variables, v(l, key, "value"))
		}
		doc.Variables = append(doc.Variables, v(lockstep.LevelEnvironment, key, "${LOCKSTEP_PROJECT}", of("backend")))
		if i < 10 {
			in.Variables[key] = "given"
		}
	}
	s := services("backend")
	b.ReportAllocs()
	for b.Loop() {
		config.Resolve(doc, s, in)
	}
}

// 5,000 variables on either side: below 50 ms.
func BenchmarkDiff(b *testing.B) {
	from, to := document(), document()
	for i := range 5000 {
		from.Variables = append(from.Variables, v(lockstep.LevelEnvironment, fmt.Sprintf("VARIABLE_%d", i), "value"))
		to.Variables = append(to.Variables, v(lockstep.LevelEnvironment, fmt.Sprintf("VARIABLE_%d", i+i%2*5000), "value"))
	}
	b.ReportAllocs()
	for b.Loop() {
		config.Diff(from, to)
	}
}
