package rooms

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the rules in .golangci.yml")

const (
	config     = top + "/.golangci.yml"
	rulesBegin = "        # rooms:begin — written by `go test ./internal/rooms -update`\n"
	rulesEnd   = "        # rooms:end\n"
)

// TestDepguardSaysWhatTheTableSays keeps the rules for editors equal to the table. They cover code only and are a
// little coarser than the test (depguard matches by prefix); where the two differ, the test is right.
func TestDepguardSaysWhatTheTableSays(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), rulesBegin)
	got, after, ends := strings.Cut(rest, rulesEnd)
	if !begins || !ends {
		t.Fatalf("%s lacks the lines %q and %q around depguard's rules", config, rulesBegin, rulesEnd)
	}
	want := rules()
	if got == want {
		return
	}
	if *update {
		if err := os.WriteFile(config, []byte(before+rulesBegin+want+rulesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("depguard's rules in .golangci.yml are not those of the table; run: go test ./internal/rooms -update\ngot\n%s\nwant\n%s",
		got, want)
}

func rules() string {
	var all strings.Builder
	for _, r := range table {
		all.WriteString(r.rule())
	}
	return all.String()
}

func (r room) rule() string {
	var rule strings.Builder
	fmt.Fprintf(&rule, "        %s:\n          list-mode: lax\n          files:\n", strings.ReplaceAll(r.name(), "/", "-"))
	for _, pattern := range r.files() {
		fmt.Fprintf(&rule, "            - %q\n", pattern)
	}
	if allowed := r.allowed(); len(allowed) > 0 {
		rule.WriteString("          allow:\n")
		for _, pkg := range allowed {
			fmt.Fprintf(&rule, "            - %s\n", pkg)
		}
	}
	rule.WriteString("          deny:\n")
	for _, denied := range r.denied() {
		fmt.Fprintf(&rule, "            - {pkg: %s, desc: %s}\n", denied.pkg, denied.why)
	}
	return rule.String()
}

// files matches the room's code, without that of the rooms inside it.
func (r room) files() []string {
	if r.path == "." {
		return []string{"${config-path}/*.go", "!$test"}
	}
	patterns := []string{"${config-path}/" + r.path + "/**"}
	for _, inner := range r.inside() {
		patterns = append(patterns, "!${config-path}/"+inner.path+"/**")
	}
	return append(patterns, "!$test")
}

func (r room) inside() []room {
	var inner []room
	for _, other := range table {
		if strings.HasPrefix(other.path, r.path+"/") {
			inner = append(inner, other)
		}
	}
	return inner
}

// allowed lists what the rule excepts from its ban of the whole module.
func (r room) allowed() []string {
	if slices.Contains(r.imports, everything) {
		return nil
	}
	var packages []string
	if r.path != "." {
		packages = append(packages, module+"/"+r.path) // and what is below it
	}
	for _, other := range table {
		if other.path == r.path || !r.mayImport(other, false) {
			continue
		}
		switch {
		case other.path == ".":
			packages = append(packages, module+"$")
		case len(other.inside()) > 0:
			packages = append(packages, module+"/"+other.path+"$") // not the rooms inside it
		case !strings.HasPrefix(other.path, r.path+"/"):
			packages = append(packages, module+"/"+other.path)
		}
	}
	return packages
}

type denial struct{ pkg, why string }

func (r room) denied() []denial {
	var all []denial
	for _, pattern := range r.never {
		pkg, tree := strings.CutSuffix(pattern, "/...")
		if !tree {
			pkg += "$"
		}
		all = append(all, denial{pkg, fmt.Sprintf("the room %s never imports it", r.name())})
	}
	if slices.Contains(r.imports, everything) {
		for _, other := range table {
			if other.forTest {
				all = append(all, denial{module + "/" + other.path, "it exists for tests"})
			}
		}
		return all
	}
	return append(all, denial{module, fmt.Sprintf("the room %s may not import it (internal/rooms/table_test.go)", r.name())})
}
