package matrix_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/matrix"
)

const guide = "../../docs/matrix.md"

// block is a fenced block of the guide: "yaml", "yaml wrong", "text".
type block struct{ kind, text string }

var fence = regexp.MustCompile("(?ms)^```([a-z ]+)\n(.*?)^```$")

func guideBlocks(t *testing.T) []block {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	for _, m := range fence.FindAllSubmatch(text, -1) {
		out = append(out, block{string(m[1]), string(m[2])})
	}
	if len(out) < 8 {
		t.Fatalf("only %d blocks", len(out))
	}
	return out
}

// TestGuide: every matrix in the guide is one, and what it shows of the
// program's output is what the program prints. With -update it writes the
// file that TestGuideHasEveryKey reads, so the two do not run side by side.
func TestGuide(t *testing.T) {
	var before block
	for _, b := range guideBlocks(t) {
		switch b.kind {
		case "yaml":
			parse(t, b.text)
			before = b
		case "yaml wrong":
			before = b
		case "text plan":
			var out bytes.Buffer
			matrix.Diff(matrix.Desired{}, parse(t, before.text)).Render(&out)
			if !strings.HasPrefix(out.String(), b.text) {
				t.Errorf("the plan is not what the guide shows:\n%s", out.String())
			}
		case "text":
			_, err := matrix.Parse([]byte(before.text), "matrix.yaml")
			var out bytes.Buffer
			out.WriteString("error: " + matrix.Told(err))
			if out.String() != b.text && *update {
				rewriteGuide(t, b.text, out.String())
			} else if out.String() != b.text {
				t.Errorf("the mistakes are not what the guide shows; run go test -update and read them:\n%s", out.String())
			}
		default:
			t.Errorf("a block of kind %q", b.kind)
		}
	}
}

func rewriteGuide(t *testing.T, old, text string) {
	t.Helper()
	all, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	all = bytes.Replace(all, []byte("```text\n"+old+"```"), []byte("```text\n"+text+"```"), 1)
	if err := os.WriteFile(guide, all, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGuideHasEveryKey: the guide's tables name each key of the decoder.
func TestGuideHasEveryKey(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	for path, names := range matrix.DecoderKeys() {
		for _, name := range names {
			if !regexp.MustCompile("(?m)^\\|.*`" + name + "`.*\\|$").Match(text) {
				t.Errorf("no row names %s of %q", name, path)
			}
		}
	}
}
