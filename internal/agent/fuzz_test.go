package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// Whatever stands in a state file: it is read as it was sealed, or refused.
func FuzzState(f *testing.F) {
	dir := f.TempDir()
	seal, err := openSealer(dir)
	if err != nil {
		f.Fatal(err)
	}
	good, err := seal.seal([]byte(`{"format":1,"environments":{"e":{"fence":3}}}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte(sealHeader))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		plain, err := seal.open(file)
		if (err == nil) != bytes.Equal(file, good) {
			t.Fatalf("opening %q: %v", file, err)
		}
		if err == nil {
			if s, err := parseState(plain); err != nil || s.environment("e").Fence != 3 {
				t.Fatalf("parsing %q: %v", plain, err)
			}
		}
		// What is inside is trusted to be ours, but must not make a panic.
		_, _ = parseState(file)
	})
}

// Whatever a crash left of a journal: the agent writes on behind whole lines.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"effect":"start","environment":"e","key":"k","instance":"i"}` + "\n" + `{"eff`))
	f.Add([]byte("\x00\n\n\n{}\nnull\n[]\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "journal.jsonl")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.write(wire.Entry{Effect: effectStop, Environment: "e", Instance: "i"}); err != nil {
			t.Fatal(err)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole := file[:bytes.LastIndexByte(file, '\n')+1]
		if !bytes.HasPrefix(got, whole) || bytes.Count(got, []byte("\n")) != bytes.Count(whole, []byte("\n"))+1 {
			t.Fatalf("%q became %q", file, got)
		}
	})
}
