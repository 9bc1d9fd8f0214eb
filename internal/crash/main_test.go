package crash

import (
	"testing"

	"github.com/lockstep-dev/lockstep/internal/suite/binaries"
)

func TestMain(m *testing.M) { binaries.Main(m) }
