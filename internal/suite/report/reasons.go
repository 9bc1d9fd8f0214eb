package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

// reasons gathers what did not run by why, in the order in which the reasons came up.
type reasons struct {
	order []string
	tests map[string]map[string][]string // reason → package → tests
}

func (r *reasons) add(reason, pkg, test string) {
	if r.tests == nil {
		r.tests = map[string]map[string][]string{}
	}
	if r.tests[reason] == nil {
		r.tests[reason] = map[string][]string{}
		r.order = append(r.order, reason)
	}
	r.tests[reason][pkg] = append(r.tests[reason][pkg], test)
}

func (r *reasons) print(w io.Writer) {
	if len(r.order) == 0 {
		return
	}
	fmt.Fprintln(w, "\nNot run here, and why:")
	for _, reason := range r.order {
		fmt.Fprintf(w, "  %s\n", reason)
		for _, pkg := range sortedKeys(r.tests[reason]) {
			fmt.Fprintf(w, "      %s: %s\n", pkg, strings.Join(r.tests[reason][pkg], ", "))
		}
	}
}

// position is where a line of a test's log says it comes from.
var position = regexp.MustCompile(`^\s*\S+\.go:\d+: `)

// reasonIn finds in the output of a skipped test why it was skipped.
func reasonIn(output string) string {
	if _, after, found := strings.Cut(output, suite.NotRun); found {
		line, _, _ := strings.Cut(after, "\n")
		return line
	}
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(position.ReplaceAllString(line, ""))
		if line != "" && !strings.HasPrefix(line, "--- SKIP") {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		return "skipped without a reason"
	}
	return strings.Join(said, " / ")
}
