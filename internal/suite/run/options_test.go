package main

import (
	"slices"
	"testing"
)

func TestABuildServerRunsSuitesLastAndAlone(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"./..."}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	passes := o.passes(true)
	if len(passes) != 2 {
		t.Fatalf("%d passes: %v", len(passes), passes)
	}
	suites := "^(TestCrash|TestDemo|TestLoad)"
	if !slices.Contains(passes[0], "-skip="+suites) {
		t.Errorf("the first pass runs suites too: %v", passes[0])
	}
	if !slices.Contains(passes[1], "-run="+suites) || !slices.Contains(passes[1], "-p=1") {
		t.Errorf("the second pass is not the suites alone: %v", passes[1])
	}
	if passes := o.passes(false); len(passes) != 1 || slices.Contains(passes[0], "-p=1") {
		t.Errorf("elsewhere: %v", passes)
	}
}
