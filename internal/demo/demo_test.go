package demo_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/demo"
)

// The day itself is played by TestDemoDay in package web, which goes on with a browser where it ends.

func TestAppsThatAreNotBuiltAreNamed(t *testing.T) {
	t.Parallel()
	err := demo.Run(t.Context(), demo.Options{Binary: filepath.Join(t.TempDir(), "lockstep"), Out: &bytes.Buffer{}})
	if lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), "make demo") {
		t.Errorf("got %v", err)
	}
}
