package agent_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// What a job writes is seen while it runs, by whichever agent lives, and what
// is left of it where nothing else is.
func TestWhatAJobWritesIsSeenWhileItRuns(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("talks")
	req.Env["GO"] = filepath.Join(f.Dir, "go")
	seen := func(want string) {
		t.Helper()
		await(t, fmt.Sprintf("output %q", want), func() (bool, string) {
			out, err := f.JobOutput(t.Context(), f.env, req.Call.Key)
			return err == nil && string(out.End) == want && out.Total == int64(len(want)), fmt.Sprintf("%q of %d, %v", out.End, out.Total, err)
		})
	}
	_, err := f.JobOutput(t.Context(), f.env, req.Call.Key)
	wantCode(t, err, lockstep.CodeNotFound)
	first := make(chan error, 1)
	go func() {
		_, err := f.RunJob(t.Context(), req)
		first <- err
	}()
	seen("one\ntwo, and no end")
	f.Kill(t)
	t.Log("interrupted:", <-first)
	f.Launch(t)
	seen("one\ntwo, and no end")
	must(t, os.WriteFile(req.Env["GO"], nil, 0o600))
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	const all = "one\ntwo, and no end yet\nthree\n"
	if res.Output != all || res.Missing != 0 {
		t.Errorf("result %+v", res)
	}
	seen(all)

	lost := f.job("talks")
	done := make(chan wire.JobResult, 1)
	go func() {
		res, err := f.RunJob(t.Context(), lost)
		if err != nil {
			t.Error(err)
		}
		done <- res
	}()
	req = lost
	seen("one\ntwo, and no end")
	f.killJobs()
	if res := <-done; !strings.HasPrefix(res.Output, "one\ntwo, and no end\nthe job was killed from outside") {
		t.Errorf("result %+v", res)
	}
}

func TestAJobThatWritesAGigabyteCostsLittle(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("gigabyte")
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	gap := fmt.Sprintf("\n… %d bytes are missing here …\n", res.Missing)
	if res.ExitCode != 0 || len(res.Output) > 65<<10 || !strings.HasPrefix(res.Output, "the beginning\nxxx") ||
		!strings.HasSuffix(res.Output, "xxx\nthe end\n") || strings.Count(res.Output, gap) != 1 {
		t.Errorf("%d bytes, %d missing: %.40q … %q", len(res.Output), res.Missing, res.Output, res.Output[max(0, len(res.Output)-40):])
	}
	if whole := int64(len(res.Output)-len(gap)+1) + res.Missing; whole != 1<<30+int64(len("the beginning\nthe end\n")) {
		t.Errorf("%d bytes in all", whole)
	}
	out, err := f.JobOutput(t.Context(), f.env, req.Call.Key)
	must(t, err)
	if len(out.End) != 8<<10 || out.Total != 1<<30+int64(len("the beginning\nthe end\n")) {
		t.Errorf("%d bytes of %d", len(out.End), out.Total)
	}
	must(t, filepath.WalkDir(filepath.Join(f.Dir, "jobs"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil && info.Size() > 1<<20 {
			t.Errorf("%s has %d bytes", path, info.Size())
		}
		return nil
	}))
}

func TestAJobLeavesResults(t *testing.T) {
	t.Parallel()
	f := newField(t)
	many := ""
	for n := range 51 {
		many += fmt.Sprintf("KEY_%d=x\n", n)
	}
	for lines, want := range map[string]string{
		"": "",
		"COUNT=12\n\n# note\nURL=a=b\r\nCOUNT=13": "",
		"COUNT 12":                       "line 1 is not KEY=VALUE",
		"OK=1\ncount=hush":               `line 2: the name "count": use capital letters`,
		"A=\x1b[31m":                     "line 1: the value of A is no plain text of one line",
		"A=" + strings.Repeat("x", 5000): "line 1: the value of A is longer than 4096 bytes",
		many:                             "51 are more than 50",
		strings.Repeat("#", 70<<10):      "they are larger than 65536 bytes",
	} {
		req := f.job("results")
		req.Env["LINES"] = lines
		res, err := f.RunJob(t.Context(), req)
		must(t, err)
		if want == "" && res.Fault != "" || want != "" && (!strings.Contains(res.Fault, want) || res.Results != nil) || strings.Contains(res.Fault, "hush") {
			t.Errorf("%.40q: %+v, want %q", lines, res, want)
		}
		if wanted := map[string]string{"COUNT": "13", "URL": "a=b"}; strings.HasPrefix(lines, "COUNT=") && !maps.Equal(res.Results, wanted) {
			t.Errorf("results %v", res.Results)
		}
	}
	failed := f.job("results")
	failed.Env["LINES"], failed.Env["STATUS"] = "A=1", "3"
	res, err := f.RunJob(t.Context(), failed)
	must(t, err)
	if res.ExitCode != 1 || res.Results != nil {
		t.Errorf("a job that failed has results: %+v", res)
	}
}

func TestAJobThatClingsIsEndedWithItsChildren(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("clings")
	req.Timeout = lockstep.Duration(300 * time.Millisecond)
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	if !res.TimedOut || res.Output != "has children\n" {
		t.Errorf("result %+v", res)
	}
	if left := f.Processes(); len(left) != 1 {
		t.Errorf("left beside the agent:\n%s", strings.Join(left, "\n"))
	}
	f.noZombies(t)
}
