package lockstep_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestEveryCodeHasAStatusAndAnExitCode(t *testing.T) {
	t.Parallel()
	for _, code := range lockstep.Codes() {
		if s := code.HTTPStatus(); s < 400 || s > 599 {
			t.Errorf("%s: status %d", code, s)
		}
		if e := code.ExitCode(); e < lockstep.ExitFailed || e > lockstep.ExitConflict {
			t.Errorf("%s: exit %d", code, e)
		}
	}
	if lockstep.Code("unheard-of").HTTPStatus() != 500 {
		t.Error("an unknown code is ours to answer for")
	}
}

func TestACodeSurvivesWrapping(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk on fire")
	err := fmt.Errorf("store: %w", lockstep.Errorf(lockstep.CodeConflict, "taken: %w", cause))
	if lockstep.CodeOf(err) != lockstep.CodeConflict || !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	if lockstep.CodeOf(cause) != lockstep.CodeInternal || lockstep.CodeOf(nil) != "" {
		t.Error("an error without a code is internal, and nil has none")
	}
}

func TestWhatIsTriedAgain(t *testing.T) {
	t.Parallel()
	for err, terminal := range map[error]bool{
		errors.New("connection reset"):                       false,
		lockstep.Errorf(lockstep.CodeUnavailable, "busy"):    false,
		lockstep.Errorf(lockstep.CodeFenced, "newer worker"): true,
		lockstep.Errorf(lockstep.CodeInvalid, "no"):          true,
	} {
		if lockstep.IsTerminal(err) != terminal {
			t.Errorf("%v: terminal is not %v", err, terminal)
		}
	}
}

func TestDurationsTravelAsMilliseconds(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(lockstep.Duration(1500 * time.Millisecond))
	if err != nil || string(raw) != "1500" {
		t.Errorf("got %s, %v", raw, err)
	}
	var d lockstep.Duration
	if err := json.Unmarshal([]byte(`"30s"`), &d); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("a string: %v", err)
	}
}
