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

// Two environments with 10,000 variables each, of which a tenth differ.
func BenchmarkDifferences(b *testing.B) {
	side := func(name, other string) config.Side {
		doc := document()
		for i := range 10_000 {
			value := "the same in both"
			if i%10 == 0 {
				value = other
			}
			doc.Variables = append(doc.Variables, v(lockstep.LevelEnvironment, fmt.Sprintf("VARIABLE_%d", i), value))
		}
		return config.Side{
			Environment: lockstep.Environment{ID: name, Name: name, Type: lockstep.TypeFromName(name)},
			Config:      lockstep.ConfigVersion{Number: 2, Document: doc},
		}
	}
	c := config.Comparison{Source: side("staging", "a"), Target: side("production", "b")}
	b.ReportAllocs()
	for b.Loop() {
		if d := config.Differences(c); len(d.Differences) != 1000 {
			b.Fatal(len(d.Differences))
		}
	}
}
