package matrix_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares got with testdata/<name>, or writes it under -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what it was; run go test -update and read the difference. Got:\n%s", path, got)
	}
}

// TestWrongFiles shows what people see for each kind of mistake.
func TestWrongFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("only %d files: %v", len(files), err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = matrix.Parse(src, name)
			if err == nil {
				t.Fatal("it was read without an error")
			}
			checkCoded(t, src, err)
			golden(t, "wrong/"+strings.TrimSuffix(name, ".yaml")+".golden", []byte(matrix.Told(err)))
		})
	}
}

// checkCoded: an error of Parse is coded, and each problem has a place that
// is in the file and an excerpt whose caret stands there.
func checkCoded(t *testing.T, src []byte, err error) {
	t.Helper()
	var coded *lockstep.Error
	if !errors.As(err, &coded) {
		t.Fatalf("no coded error: %v", err)
	}
	if coded.Code == lockstep.CodeTooLarge && len(src) > matrix.MaxSize {
		return
	}
	if coded.Code != lockstep.CodeInvalid || len(coded.Problems) == 0 {
		t.Fatalf("code %s with %d problems", coded.Code, len(coded.Problems))
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(src), "\ufeff"), "\r\n", "\n")
	lines := strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
	for _, p := range coded.Problems {
		if p.Line < 1 || p.Line > len(lines) {
			t.Fatalf("line %d of %d: %+v", p.Line, len(lines), p)
		}
		if p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+1 {
			t.Fatalf("column %d of line %d %q: %+v", p.Column, p.Line, lines[p.Line-1], p)
		}
		excerpt, caret, ok := strings.Cut(p.Excerpt, "\n")
		if !ok || strings.Trim(caret, " \t") != "^" || strings.Contains(excerpt, "\n") {
			t.Fatalf("excerpt %q", p.Excerpt)
		}
		if p.Message == "" {
			t.Fatalf("a problem without a message: %+v", p)
		}
	}
}
