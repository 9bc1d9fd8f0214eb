package artifact_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/artifact"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func pack(t *testing.T, source string) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := artifact.Pack(t.Context(), &buf, source); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestTheSameTreeHasTheSameBytes(t *testing.T) {
	t.Parallel()
	files := map[string]string{"b/deep/file": "one", "a": "two", "c": ""}
	one, two := t.TempDir(), t.TempDir()
	write(t, one, files)
	write(t, two, files)
	old := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(two, "a"), old, old); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pack(t, one), pack(t, two)) {
		t.Error("two equal trees packed to different bytes")
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	source := t.TempDir()
	write(t, source, map[string]string{"bin/app": "#!/bin/sh\n", "data/x": "content"})
	if err := os.Chmod(filepath.Join(source, "bin/app"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../bin/app", filepath.Join(source, "data/link")); err != nil {
		t.Fatal(err)
	}
	into := t.TempDir()
	if err := artifact.Unpack(t.Context(), bytes.NewReader(pack(t, source)), into, artifact.Limits{}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(into, "data/link"))
	if err != nil || string(got) != "#!/bin/sh\n" {
		t.Errorf("through the link: %q, %v", got, err)
	}
	info, err := os.Stat(filepath.Join(into, "bin/app"))
	if err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the executable bit is gone: %v, %v", info.Mode(), err)
	}
}

func TestASpooledArchiveHasTheDigestOfItsBytes(t *testing.T) {
	t.Parallel()
	source := t.TempDir()
	write(t, source, map[string]string{"a": "content"})
	f, digest, err := artifact.Spool(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err != nil || !bytes.Equal(got, pack(t, source)) || digest != lockstep.HashBytes(got) {
		t.Errorf("%d bytes with digest %s, %v", len(got), digest, err)
	}
	if _, err := os.Stat(f.Name()); !os.IsNotExist(err) {
		t.Errorf("the file is still in its directory: %v", err)
	}
	if _, _, err := artifact.Spool(t.Context(), filepath.Join(source, "missing")); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("a missing source: %v", err)
	}
}

func TestASingleFileKeepsItsName(t *testing.T) {
	t.Parallel()
	dir, into := t.TempDir(), t.TempDir()
	write(t, dir, map[string]string{"backend": "binary"})
	packed := pack(t, filepath.Join(dir, "backend"))
	if err := artifact.Unpack(t.Context(), bytes.NewReader(packed), into, artifact.Limits{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(into, "backend")); err != nil {
		t.Error(err)
	}
}

func archive(tb testing.TB, headers ...*tar.Header) []byte {
	tb.Helper()
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	tw := tar.NewWriter(zw)
	for _, h := range headers {
		if err := tw.WriteHeader(h); err != nil {
			tb.Fatal(err)
		}
		if _, err := io.CopyN(tw, zeros{}, h.Size); err != nil {
			tb.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		tb.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestWhatLeavesTheTreeIsRefused(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]*tar.Header{
		"climbs":        {{Typeflag: tar.TypeReg, Name: "../evil", Mode: 0o644}},
		"climbs inside": {{Typeflag: tar.TypeReg, Name: "a/../../evil", Mode: 0o644}},
		"absolute":      {{Typeflag: tar.TypeReg, Name: "/etc/evil", Mode: 0o644}},
		"backslash":     {{Typeflag: tar.TypeReg, Name: `..\evil`, Mode: 0o644}},
		"link out":      {{Typeflag: tar.TypeSymlink, Name: "a", Linkname: "../../etc"}},
		"link absolute": {{Typeflag: tar.TypeSymlink, Name: "a", Linkname: "/etc"}},
		"hard link":     {{Typeflag: tar.TypeLink, Name: "a", Linkname: "b"}},
		"device":        {{Typeflag: tar.TypeChar, Name: "a", Mode: 0o644}},
		"fifo":          {{Typeflag: tar.TypeFifo, Name: "a", Mode: 0o644}},
		"setuid":        {{Typeflag: tar.TypeReg, Name: "a", Mode: 0o4755}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packed := archive(t, headers...)
			if _, err := artifact.Inspect(t.Context(), bytes.NewReader(packed), artifact.Limits{}); lockstep.CodeOf(err) != lockstep.CodeInvalid {
				t.Errorf("Inspect: %v", err)
			}
			if err := artifact.Unpack(t.Context(), bytes.NewReader(packed), t.TempDir(), artifact.Limits{}); lockstep.CodeOf(err) != lockstep.CodeInvalid {
				t.Errorf("Unpack: %v", err)
			}
		})
	}
}

// Two links, each harmless alone, lead out together; os.Root stops the write.
func TestALinkThroughALinkStaysInside(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir := filepath.Join(base, "x", "tree")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	packed := archive(t,
		&tar.Header{Typeflag: tar.TypeDir, Name: "d/", Mode: 0o755},
		&tar.Header{Typeflag: tar.TypeSymlink, Name: "d/up", Linkname: ".."},
		&tar.Header{Typeflag: tar.TypeSymlink, Name: "out", Linkname: "d/up/.."},
		&tar.Header{Typeflag: tar.TypeReg, Name: "out/evil", Mode: 0o644, Size: 1})
	err := artifact.Unpack(t.Context(), bytes.NewReader(packed), dir, artifact.Limits{})
	if _, statErr := os.Stat(filepath.Join(base, "x", "evil")); statErr == nil {
		t.Fatal("wrote outside of the tree")
	}
	if err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "evil")); statErr != nil {
			t.Errorf("neither refused nor inside: %v", statErr)
		}
	}
}

func TestLimitsAndDamage(t *testing.T) {
	t.Parallel()
	big := archive(t, &tar.Header{Typeflag: tar.TypeReg, Name: "zeros", Mode: 0o644, Size: 1 << 20})
	if _, err := artifact.Inspect(t.Context(), bytes.NewReader(big), artifact.Limits{Bytes: 1 << 19}); lockstep.CodeOf(err) != lockstep.CodeTooLarge {
		t.Errorf("a bomb: %v", err)
	}
	if _, err := artifact.Inspect(t.Context(), bytes.NewReader(big[:len(big)/2]), artifact.Limits{}); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("cut short: %v", err)
	}
	if _, err := artifact.Inspect(t.Context(), bytes.NewReader([]byte("plain text")), artifact.Limits{}); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("not an archive: %v", err)
	}
	many := archive(t, &tar.Header{Typeflag: tar.TypeReg, Name: "a", Mode: 0o644}, &tar.Header{Typeflag: tar.TypeReg, Name: "b", Mode: 0o644})
	if _, err := artifact.Inspect(t.Context(), bytes.NewReader(many), artifact.Limits{Entries: 1}); lockstep.CodeOf(err) != lockstep.CodeTooLarge {
		t.Errorf("too many entries: %v", err)
	}
}

func TestAMissingSourceSaysWhatToDo(t *testing.T) {
	t.Parallel()
	err := artifact.Pack(t.Context(), io.Discard, filepath.Join(t.TempDir(), "dist/backend"))
	if lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(archive(f, &tar.Header{Typeflag: tar.TypeReg, Name: "a", Mode: 0o644, Size: 3}))
	f.Add(archive(f, &tar.Header{Typeflag: tar.TypeSymlink, Name: "a", Linkname: "b"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := filepath.Join(t.TempDir(), "in")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		_ = artifact.Unpack(t.Context(), bytes.NewReader(data), dir, artifact.Limits{Bytes: 1 << 20, Entries: 100})
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "*")); len(left) != 1 {
			t.Fatalf("wrote outside: %v", left)
		}
	})
}
