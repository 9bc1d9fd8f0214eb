package agent

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// scribe writes logs as apps do, and reads them as a server does.
type scribe struct {
	*testing.T
	l     *logs
	files map[string]*os.File
	dead  map[string]bool
}

func newScribe(t *testing.T) *scribe {
	t.Helper()
	s := &scribe{T: t, l: newTestLogs(t), files: map[string]*os.File{}, dead: map[string]bool{}}
	t.Cleanup(func() {
		for _, f := range s.files {
			_ = f.Close() // what was written is what is tested
		}
	})
	return s
}

const web, api = "web-0123456789ab-0", "api-ba9876543210-0"

func (s *scribe) launch(instance string) {
	s.Helper()
	f, err := s.l.open("env", instance)
	if err != nil {
		s.Fatal(err)
	}
	s.files[instance] = f
}

func (s *scribe) write(instance, text string) {
	s.Helper()
	if s.files[instance] == nil {
		s.launch(instance)
	}
	if _, err := s.files[instance].WriteString(text); err != nil {
		s.Fatal(err)
	}
}

func (s *scribe) page(q lockstep.LogQuery) lockstep.LogPage {
	s.Helper()
	matches, err := matcher(q)
	if err != nil {
		s.Fatal(err)
	}
	page, err := s.l.page(s.Context(), "env", q, matches, func(instance string) bool { return !s.dead[instance] })
	if err != nil {
		s.Fatal(err)
	}
	return page
}

// all follows the pages of a query to their end.
func (s *scribe) all(q lockstep.LogQuery) (texts []string) {
	s.Helper()
	for {
		page := s.page(q)
		for _, line := range page.Lines {
			texts = append(texts, line.Text)
		}
		if !page.More {
			return texts
		}
		q.Cursor, q.Tail = page.Cursor, 0
	}
}

func (s *scribe) want(q lockstep.LogQuery, want ...string) {
	s.Helper()
	if got := s.all(q); !slices.Equal(got, want) {
		s.Errorf("%+v: got %q, want %q", q, got, want)
	}
}

func TestLinesOfSeveralInstancesComeInTheOrderOfTheirTimes(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	for n := range 4 {
		s.write([]string{web, api}[n%2], fmt.Sprintf("line %d\n", n))
		s.l.sweep("*/*.log")
	}
	s.want(lockstep.LogQuery{}, "line 0", "line 1", "line 2", "line 3")
	s.want(lockstep.LogQuery{Limit: 1}, "line 0", "line 1", "line 2", "line 3")
	s.want(lockstep.LogQuery{Services: []string{"web"}}, "line 0", "line 2")
	s.want(lockstep.LogQuery{Instances: []string{api}}, "line 1", "line 3")
	s.want(lockstep.LogQuery{Groups: []string{"web-0123456789ab"}}, "line 0", "line 2")
	s.want(lockstep.LogQuery{Tail: 3}, "line 1", "line 2", "line 3")
	page := s.page(lockstep.LogQuery{})
	if first := page.Lines[0]; first.Service != "web" || first.Instance != web || time.Since(first.At) > time.Minute {
		t.Errorf("the first line is %+v", first)
	}
	second, third := page.Lines[1].At, page.Lines[2].At
	s.want(lockstep.LogQuery{Since: &second, Until: &third}, "line 1", "line 2")
	s.want(lockstep.LogQuery{Pattern: "[02]$"}, "line 0", "line 2")
	s.want(lockstep.LogQuery{Search: "LINE 3"}, "line 3")
	s.want(lockstep.LogQuery{Search: "3"}, "line 3")
	s.want(lockstep.LogQuery{Cursor: page.Lines[1].Cursor}, "line 2", "line 3")
	s.want(lockstep.LogQuery{Cursor: page.Cursor})
}

// Whoever reads on from each page's cursor gets every line once, while files
// are cut, instances come and go, and another agent takes over.
func TestWhoReadsOnGetsEveryLineOnce(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	s.l.size = 4000
	rng := rand.New(rand.NewPCG(7, 7))
	var wrote, read []string
	cursor := ""
	instances := []string{web, api}
	for n := range 600 {
		if n%100 == 50 {
			instances = append(instances, fmt.Sprintf("web-%012d-0", n))
		}
		line := fmt.Sprintf("%04d %s", n, strings.Repeat("x", rng.IntN(60)))
		wrote = append(wrote, line)
		text := line + "\n"
		half := rng.IntN(len(text)) // seen in the middle of a line
		instance := instances[rng.IntN(len(instances))]
		s.write(instance, text[:half])
		if rng.IntN(3) == 0 {
			s.l.sweep("*/*.log")
		}
		s.write(instance, text[half:])
		if n == 300 {
			s.l = &logs{dir: s.l.dir, size: s.l.size, log: s.l.log}
		}
		for rng.IntN(4) == 0 {
			page := s.page(lockstep.LogQuery{Cursor: cursor, Limit: 1 + rng.IntN(9)})
			for _, line := range page.Lines {
				read = append(read, line.Text)
			}
			if cursor = page.Cursor; page.Lost > 0 {
				t.Fatalf("%d bytes were lost", page.Lost)
			}
		}
	}
	read = append(read, s.all(lockstep.LogQuery{Cursor: cursor})...)
	slices.Sort(read) // instances may have lines of one look
	if !slices.Equal(read, wrote) {
		t.Errorf("%d lines were written, %d read", len(wrote), len(read))
		for n := range min(len(read), len(wrote)) {
			if read[n] != wrote[n] {
				t.Fatalf("from line %d on: %q, want %q", n, read[n], wrote[n])
			}
		}
	}
	if _, err := os.Stat(s.l.path("env", web) + ".1"); err != nil {
		t.Errorf("no file was cut: %v", err)
	}
}

func TestALineThatIsTooLongIsCutAndMarked(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	s.l.size = 4 << 20
	s.write(web, strings.Repeat("a", lockstep.MaxLogLine+100)+"\nshort\n")
	s.write(web, string(bytes.Repeat([]byte{0xff}, 2*maxRow))+"\nlast\n")
	page := s.page(lockstep.LogQuery{})
	if len(page.Lines) < 5 { // what has no lines is broken into some
		t.Fatalf("%d lines", len(page.Lines))
	}
	if l := page.Lines[0]; l.Cut != 100 || len(l.Text) != lockstep.MaxLogLine {
		t.Errorf("of the long line %d bytes are shown and %d are not", len(l.Text), l.Cut)
	}
	if page.Lines[1].Text != "short" || page.Lines[len(page.Lines)-1].Text != "last" {
		t.Errorf("the others are %q and %q", page.Lines[1].Text, page.Lines[len(page.Lines)-1].Text)
	}
	if l := page.Lines[2]; strings.Trim(l.Text, "\ufffd") != "" || l.Cut == 0 {
		t.Errorf("what is no text is shown as %.20q, %d more", l.Text, l.Cut)
	}
}

func TestALineIsShownWhenItIsWhole(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	s.write(web, "begun")
	s.want(lockstep.LogQuery{})
	s.write(web, " and finished\nnext")
	s.want(lockstep.LogQuery{}, "begun and finished")
	s.dead[web] = true
	s.want(lockstep.LogQuery{}, "begun and finished", "next")
	if again := s.page(lockstep.LogQuery{Cursor: s.page(lockstep.LogQuery{}).Cursor}); len(again.Lines) > 0 {
		t.Errorf("a rest without an end comes again: %+v", again.Lines)
	}
}

func TestPreviousIsWhatTheLaunchBeforeWrote(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	s.write(web, "first life\n")
	s.want(lockstep.LogQuery{Previous: true})
	s.launch(web)
	s.write(web, "second life\n")
	s.want(lockstep.LogQuery{Previous: true}, "first life")
	s.launch(web)
	s.write(web, "third life\n")
	s.want(lockstep.LogQuery{Previous: true}, "second life")
	s.want(lockstep.LogQuery{}, "first life", "second life", "third life")
}

func TestTheLastLinesAreFoundInLargeLogs(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	s.l.size = 300 << 10
	for n := range 20 {
		var b strings.Builder
		for k := range 1000 {
			fmt.Fprintf(&b, "%d-%d %s\n", n, k, strings.Repeat("y", 40))
		}
		s.write(web, b.String())
		s.l.sweep("*/*.log")
	}
	for _, tail := range []int{1, 10, 1500, 9000} {
		got := s.all(lockstep.LogQuery{Tail: tail})
		if len(got) != tail || !strings.HasPrefix(got[tail-1], "19-999 ") {
			t.Errorf("the last %d are %d", tail, len(got))
			continue
		}
		if want := fmt.Sprintf("%d-%d ", 19-(tail-1)/1000, 999-(tail-1)%1000); !strings.HasPrefix(got[0], want) {
			t.Errorf("the last %d begin with %.20q, want %q", tail, got[0], want)
		}
	}
}

func TestLogsOfAnAgentThatKeptNoTimesAreRead(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	if err := os.MkdirAll(s.l.dir+"/env", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{web + ".log.2": "one\n", web + ".log.1": "two\nth", web + ".log": "ree\nfour\n"} {
		if err := os.WriteFile(s.l.dir+"/env/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.want(lockstep.LogQuery{}, "one", "two", "three", "four")
}

func TestOldLogsOfInstancesThatAreGoneAreRemoved(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	s.write(web, "old\n")
	s.write(api, "old too, and it lives\n")
	lives := func(instance string) bool { return instance == api }
	s.l.prune("env", time.Now(), lives)
	s.want(lockstep.LogQuery{}, "old too, and it lives", "old")
	s.l.prune("env", time.Now().Add(logsKeptFor+time.Hour), lives)
	s.want(lockstep.LogQuery{}, "old too, and it lives")
}

func BenchmarkSearch(b *testing.B) {
	l := &logs{dir: b.TempDir(), size: 64 << 20, log: nil}
	f, err := l.open("env", web)
	if err != nil {
		b.Fatal(err)
	}
	line := strings.Repeat("level=INFO msg=\"a request was answered\" ", 3) + "\n"
	if _, err := f.WriteString(strings.Repeat(line, 32<<20/len(line))); err != nil {
		b.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // what was written is what is measured
	q := lockstep.LogQuery{Search: "needle"}
	matches, _ := matcher(q)
	b.SetBytes(32 << 20)
	for b.Loop() {
		if _, err := l.page(b.Context(), "env", q, matches, func(string) bool { return true }); err != nil {
			b.Fatal(err)
		}
	}
}
