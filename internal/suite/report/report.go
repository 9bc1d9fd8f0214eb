package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// A Report reads one run of `go test -json`. It is used by one goroutine at a time.
type Report struct {
	out      io.Writer
	module   string // left out of package names
	packages map[string]*pkg
	reasons  reasons

	passed, failed, skipped int
}

// New returns a report that prints to out and shortens the names of the module's packages.
func New(out io.Writer, module string) *Report {
	return &Report{out: out, module: module, packages: map[string]*pkg{}}
}

// Line reads one line of the stream. What is no event, such as a message of the go command, is printed as it is.
func (r *Report) Line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil || e.Action == "" {
		fmt.Fprintf(r.out, "%s\n", line)
		return
	}
	switch {
	case e.Action == "build-output":
		fmt.Fprint(r.out, e.Output)
	case e.Package == "":
	case e.Test == "":
		r.packageEvent(e)
	default:
		r.testEvent(e)
	}
}

func (r *Report) packageEvent(e event) {
	p := r.pkg(e.Package)
	switch e.Action {
	case "output":
		p.output.add(e.Output)
	case "pass", "fail", "skip":
		delete(r.packages, e.Package)
		r.endPackage(p, e)
	}
}

func (r *Report) endPackage(p *pkg, e event) {
	if e.Action == "fail" {
		r.failUnfinished(p)
		if p.failed == 0 {
			p.failed++
		}
		fmt.Fprint(r.out, p.ownOutput())
	}
	r.passed += p.passed
	r.failed += p.failed
	r.skipped += p.skipped
	if p.passed+p.failed+p.skipped > 0 {
		fmt.Fprintln(r.out, p.summary(e))
	}
}

// failUnfinished fails the tests that have no end because their package died around them: by a timeout, os.Exit,
// or a panic in another goroutine. The trace is part of the output of the one that ran last. Subtests come before
// their parents, as they would have.
func (r *Report) failUnfinished(p *pkg) {
	names := slices.SortedFunc(maps.Keys(p.tests), func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(b, "/"), strings.Count(a, "/")), cmp.Compare(a, b))
	})
	for _, name := range names {
		t := p.tests[name]
		delete(p.tests, name)
		r.failTest(p, name, "did not finish", t)
	}
}

func (r *Report) testEvent(e event) {
	p := r.pkg(e.Package)
	switch e.Action {
	case "run":
		if parent := p.parent(e.Test); parent != nil {
			parent.children++
		}
		p.tests[e.Test] = &test{}
	case "output":
		if !strings.HasPrefix(e.Output, framing) {
			p.test(e.Test).output.add(e.Output)
		}
	case "pass", "fail", "skip":
		t := p.test(e.Test)
		delete(p.tests, e.Test)
		r.endTest(p, t, e)
	}
}

func (r *Report) endTest(p *pkg, t *test, e event) {
	switch e.Action {
	case "pass":
		if t.children == 0 {
			p.passed++
		}
	case "skip":
		p.skipped++
		r.reasons.add(reasonIn(t.output.String()), p.name, e.Test)
	case "fail":
		r.failTest(p, e.Test, "failed", t)
	}
}

// failTest counts the failure and prints all that the test said. A parent that has nothing to add to its failed
// subtests is left out.
func (r *Report) failTest(p *pkg, name, how string, t *test) {
	if parent := p.parent(name); parent != nil {
		parent.failedChildren++
	}
	if t.failedChildren == 0 {
		p.failed++
	}
	output := t.output.String()
	if t.failedChildren > 0 && onlyVerdict(output) {
		return
	}
	fmt.Fprintf(r.out, "%s: %s %s\n", p.name, name, how)
	if output != "" {
		fmt.Fprintf(r.out, "%s\n", strings.TrimRight(output, "\n"))
	}
	fmt.Fprintln(r.out)
}

func onlyVerdict(output string) bool {
	rest := strings.TrimSpace(output)
	return rest == "" || strings.HasPrefix(rest, "--- FAIL") && !strings.Contains(rest, "\n")
}

// Missed records something other than a test that could not be done, and why.
func (r *Report) Missed(what, reason string) {
	r.skipped++
	r.reasons.add(reason, what, "everywhere")
}

// Failed records a failure that no test reports.
func (r *Report) Failed(what string) {
	r.failed++
	fmt.Fprintf(r.out, "\n%s\n", what)
}

// Failures says how many failures there are so far.
func (r *Report) Failures() int { return r.failed }

// Close prints the end of the report and says whether the run was a success. With strict, what did not run is a
// failure too.
func (r *Report) Close(strict bool) bool {
	for _, name := range sortedKeys(r.packages) {
		r.endPackage(r.packages[name], event{Action: "fail", Package: name})
	}
	r.reasons.print(r.out)
	total := r.passed + r.failed + r.skipped
	switch {
	case total == 0:
		fmt.Fprintln(r.out, "\nNo test ran: no package or no test has that name.")
	case strict && r.skipped > 0:
		fmt.Fprintln(r.out, "\nEverything has to run here (CI=true): each of the skipped counts as a failure.")
	}
	fmt.Fprintf(r.out, "\n%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	return total > 0 && r.failed == 0 && (!strict || r.skipped == 0)
}

func (r *Report) pkg(path string) *pkg {
	p := r.packages[path]
	if p == nil {
		p = &pkg{name: r.short(path), tests: map[string]*test{}}
		r.packages[path] = p
	}
	return p
}

func (r *Report) short(path string) string {
	if path == r.module {
		return "."
	}
	return strings.TrimPrefix(path, r.module+"/")
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
