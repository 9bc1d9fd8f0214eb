package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden feeds each stream in testdata to a report and compares what it prints with the file of the same name.
func TestGolden(t *testing.T) {
	t.Parallel()
	streams, err := filepath.Glob("testdata/*.json")
	if err != nil || len(streams) == 0 {
		t.Fatalf("no streams in testdata (%v)", err)
	}
	for _, stream := range streams {
		t.Run(strings.TrimSuffix(filepath.Base(stream), ".json"), func(t *testing.T) {
			t.Parallel()
			got := reportOn(t, stream)
			golden := strings.TrimSuffix(stream, ".json") + ".txt"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func reportOn(t *testing.T, stream string) []byte {
	t.Helper()
	text, err := os.ReadFile(stream)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r := New(&out, "example.test/m")
	for line := range bytes.Lines(text) {
		r.Line(bytes.TrimSuffix(line, []byte("\n")))
	}
	r.Close(false)
	return out.Bytes()
}

func TestCloseSaysWhetherTheRunWasASuccess(t *testing.T) {
	t.Parallel()
	const pass, skip, fail = "pass", "skip", "fail"
	for name, test := range map[string]struct {
		ends   []string
		strict bool
		want   bool
	}{
		"all passed":              {[]string{pass, pass}, true, true},
		"one failed":              {[]string{pass, fail}, false, false},
		"one skipped":             {[]string{pass, skip}, false, true},
		"one skipped, strictly":   {[]string{pass, skip}, true, false},
		"nothing ran":             {nil, false, false},
		"nothing ran, strictly":   {nil, true, false},
		"all skipped, not strict": {[]string{skip}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := New(&bytes.Buffer{}, "m")
			for i, end := range test.ends {
				name := "Test" + strings.Repeat("I", i+1)
				r.Line([]byte(`{"Action":"run","Package":"m/p","Test":"` + name + `"}`))
				r.Line([]byte(`{"Action":"` + end + `","Package":"m/p","Test":"` + name + `"}`))
			}
			if len(test.ends) > 0 {
				r.Line([]byte(`{"Action":"pass","Package":"m/p"}`))
			}
			if got := r.Close(test.strict); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestMissedCountsAsSkipped(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := New(&out, "m")
	r.Missed("the race detector", "needs a C compiler")
	if r.Close(true) {
		t.Error("a strict run without the race detector is no success")
	}
	if !strings.Contains(out.String(), "the race detector") || !strings.HasSuffix(out.String(), "0 passed, 0 failed, 1 skipped\n") {
		t.Errorf("the report:\n%s", out.String())
	}
}

// TestStreams shows that nothing is held back: a failure is printed before anything after it is read.
func TestStreams(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := New(&out, "m")
	r.Line([]byte(`{"Action":"run","Package":"m/p","Test":"TestA"}`))
	r.Line([]byte(`{"Action":"output","Package":"m/p","Test":"TestA","Output":"the reason\n"}`))
	r.Line([]byte(`{"Action":"fail","Package":"m/p","Test":"TestA"}`))
	if !strings.Contains(out.String(), "the reason") {
		t.Errorf("nothing printed at the test's end: %q", out.String())
	}
}
