package demo_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/demo"
	"github.com/lockstep-dev/lockstep/internal/suite"
	"github.com/lockstep-dev/lockstep/internal/suite/binaries"
)

func TestMain(m *testing.M) { binaries.Main(m) }

// The day itself says whether it went as promised.
func TestDemoDay(t *testing.T) {
	suite.Belong(t, suite.Demo)
	var out bytes.Buffer
	err := demo.Run(t.Context(), demo.Options{Binary: filepath.Join(binaries.Dir(t), "lockstep"), Out: &out})
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{"✓ no request failed", "✓ the good releases went out", "✓ the server was killed", "✓ the live address was led to standby and back", "✓ the control counted"} {
		if !strings.Contains(out.String(), kept) {
			t.Errorf("the report does not say %q", kept)
		}
	}
}

func TestAppsThatAreNotBuiltAreNamed(t *testing.T) {
	t.Parallel()
	err := demo.Run(t.Context(), demo.Options{Binary: filepath.Join(t.TempDir(), "lockstep"), Out: &bytes.Buffer{}})
	if lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), "make demo") {
		t.Errorf("got %v", err)
	}
}
