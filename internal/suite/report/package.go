package report

import (
	"fmt"
	"strings"
)

// pkg is a package while its tests run.
type pkg struct {
	name   string
	tests  map[string]*test // those that have not ended
	output excerpt          // what belongs to no test

	passed, failed, skipped int
}

// test is a test while it runs.
type test struct {
	output                   excerpt
	children, failedChildren int
}

func (p *pkg) test(name string) *test {
	t := p.tests[name]
	if t == nil {
		t = &test{}
		p.tests[name] = t
	}
	return t
}

// parent returns the running test of which name is a subtest. A subtest's own name may hold slashes, so that
// cutting at the last one is not enough.
func (p *pkg) parent(name string) *test {
	for {
		slash := strings.LastIndexByte(name, '/')
		if slash < 0 {
			return nil
		}
		name = name[:slash]
		if t := p.tests[name]; t != nil {
			return t
		}
	}
}

// ownOutput is what the package said outside its tests, without the verdict that summary gives.
func (p *pkg) ownOutput() string {
	var own strings.Builder
	for line := range strings.Lines(p.output.String()) {
		verdict := line == "FAIL\n" || line == "PASS\n" || strings.HasPrefix(line, "FAIL\t")
		if !verdict || strings.Contains(line, "[") {
			own.WriteString(line)
		}
	}
	return own.String()
}

func (p *pkg) summary(e event) string {
	verdict := "ok  "
	if e.Action == "fail" {
		verdict = "FAIL"
	}
	counts := fmt.Sprintf("%d passed", p.passed)
	if p.failed > 0 {
		counts += fmt.Sprintf(", %d failed", p.failed)
	}
	if p.skipped > 0 {
		counts += fmt.Sprintf(", %d skipped", p.skipped)
	}
	return fmt.Sprintf("%s  %-32s %7.1fs  %s", verdict, p.name, e.Elapsed, counts)
}
