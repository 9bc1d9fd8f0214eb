package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestServantsAreInTheCoverage compares docs/coverage.md with the commands that only this program has. All else is
// compared in internal/coverage, which cannot see them.
func TestServantsAreInTheCoverage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	root := &cobra.Command{Use: "lockstep"}
	root.AddCommand(servants()...)
	known := places(root)
	placed := regexp.MustCompile("`(lockstep (?:server|agent|demo)[^`]*)`").FindAllStringSubmatch(string(text), -1)
	var named []string
	for _, m := range placed {
		if !slices.Contains(known, m[1]) {
			t.Errorf("docs/coverage.md names `%s`, which the command line does not have", m[1])
		}
		named = append(named, m[1])
	}
	for _, place := range known {
		if !strings.Contains(place, " -") && !slices.Contains(named, place) {
			t.Errorf("docs/coverage.md has no row with the place `%s`", place)
		}
	}
}

// places are the commands below cmd that people run, and their flags.
func places(cmd *cobra.Command) []string {
	if cmd.Hidden {
		return nil
	}
	var all []string
	if cmd.Runnable() {
		all = append(all, cmd.CommandPath())
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { all = append(all, cmd.CommandPath()+" --"+f.Name) })
	}
	for _, sub := range cmd.Commands() {
		all = append(all, places(sub)...)
	}
	return all
}
