package cli

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Confirm is how commands outside of this package ask; see Options for the streams.
func Confirm(o Options, question string) error { return (&app{Options: o}).confirm(question) }

// confirm asks a yes-or-no question. Where nobody can answer it refuses and
// names the flag that does.
func (a *app) confirm(question string) error {
	if !isTerminal(a.In) && a.Getenv("LOCKSTEP_ASSUME_TERMINAL") == "" {
		return lockstep.Errorf(lockstep.CodeInvalid, "this wants a yes and there is no terminal to ask on: answer with --yes")
	}
	fmt.Fprintf(a.Err, "%s [y/N] ", question)
	answer, err := bufio.NewReader(a.In).ReadString('\n')
	if err != nil && answer == "" {
		return fmt.Errorf("read the answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	line(a.Err, "Nothing was changed.")
	return &exitError{code: lockstep.ExitFailed}
}
