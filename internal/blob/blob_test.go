package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/blob"
)

func open(t *testing.T, opts blob.Options) *blob.Store {
	t.Helper()
	s, err := blob.Open(t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnUploadInPartsBecomesVisibleWhole(t *testing.T) {
	t.Parallel()
	s := open(t, blob.Options{})
	data := bytes.Repeat([]byte("abc"), 1000)
	digest := lockstep.HashBytes(data)
	total := int64(len(data))

	broken := io.MultiReader(bytes.NewReader(data[:1000]), failing{})
	if state, err := s.Append(t.Context(), digest, 0, total, broken); err == nil || state.Size != 1000 {
		t.Fatalf("a sender that breaks off: %+v, %v", state, err)
	}
	if _, err := s.Open(t.Context(), digest); lockstep.CodeOf(err) != lockstep.CodeNotFound {
		t.Errorf("half a blob is visible: %v", err)
	}
	if _, err := s.Append(t.Context(), digest, 0, total, bytes.NewReader(data)); lockstep.CodeOf(err) != lockstep.CodeConflict {
		t.Errorf("a wrong offset: %v", err)
	}
	state, err := s.Append(t.Context(), digest, 1000, total, bytes.NewReader(data[1000:]))
	if err != nil || !state.Complete {
		t.Fatalf("the rest: %+v, %v", state, err)
	}
	r, err := s.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("read back %d bytes, %v", len(got), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if state, err := s.Append(t.Context(), digest, 0, total, bytes.NewReader(nil)); err != nil || !state.Complete {
		t.Errorf("uploading what is there: %+v, %v", state, err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection lost") }

func TestWrongBytesAreThrownAway(t *testing.T) {
	t.Parallel()
	s := open(t, blob.Options{})
	digest := lockstep.HashBytes([]byte("right"))
	if _, err := s.Append(t.Context(), digest, 0, 5, strings.NewReader("wrong")); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("wrong digest: %v", err)
	}
	if _, err := s.Append(t.Context(), digest, 0, 5, strings.NewReader("right and more")); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("too long: %v", err)
	}
	if state, err := s.Append(t.Context(), digest, 0, 5, strings.NewReader("right")); err != nil || !state.Complete {
		t.Errorf("afterwards: %+v, %v", state, err)
	}
}

func TestInspectionRefuses(t *testing.T) {
	t.Parallel()
	s := open(t, blob.Options{Inspect: func(context.Context, io.Reader) error {
		return lockstep.Errorf(lockstep.CodeInvalid, "no")
	}})
	digest := lockstep.HashBytes([]byte("x"))
	if _, err := s.Append(t.Context(), digest, 0, 1, strings.NewReader("x")); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("got %v", err)
	}
	if state, _ := s.Stat(t.Context(), digest); state != (blob.State{}) {
		t.Errorf("something stayed: %+v", state)
	}
}

func TestCapsAndShapes(t *testing.T) {
	t.Parallel()
	s := open(t, blob.Options{Max: 10})
	if _, err := s.Append(t.Context(), lockstep.HashBytes(nil), 0, 11, strings.NewReader("")); lockstep.CodeOf(err) != lockstep.CodeTooLarge {
		t.Errorf("over the cap: %v", err)
	}
	for _, digest := range []string{"", "sha256:../../etc/passwd", "md5:00", strings.ToUpper(lockstep.HashBytes(nil))} {
		if _, err := s.Stat(t.Context(), digest); lockstep.CodeOf(err) != lockstep.CodeInvalid {
			t.Errorf("digest %q: %v", digest, err)
		}
	}
}
