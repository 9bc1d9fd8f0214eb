package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// StatusMissing is the status of a PrepareRequest whose artifacts have to be
// sent first. Its body is Missing.
const StatusMissing = http.StatusFailedDependency

// MissingError says which artifacts the agent does not have.
type MissingError struct{ Digests []string }

func (e *MissingError) Error() string {
	return "the agent does not have the artifacts " + strings.Join(e.Digests, ", ")
}

// maxFault bounds what the client reads of an error.
const maxFault = 1 << 20

// faultOf turns an answer that is no success into an error. One without a
// code, or with that of a bug, has none here either: it is worth another try.
func faultOf(res *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxFault))
	if err != nil {
		return fmt.Errorf("agent answered %s: %w", res.Status, err)
	}
	if res.StatusCode == StatusMissing {
		var missing Missing
		if err := json.Unmarshal(body, &missing); err == nil && len(missing.Digests) > 0 {
			return &MissingError{Digests: missing.Digests}
		}
	}
	var fault Fault
	if err := json.Unmarshal(body, &fault); err != nil || fault.Code == "" {
		if res.StatusCode == http.StatusNotFound {
			return errUnknownCall
		}
		return fmt.Errorf("agent answered %s", res.Status)
	}
	if fault.Code == lockstep.CodeInternal {
		return errors.New("agent: " + fault.Message)
	}
	return &lockstep.Error{Code: fault.Code, Message: fault.Message}
}

// errUnknownCall is an agent's that does not know what it was asked.
var errUnknownCall = errors.New("agent answered 404 Not Found")

// later says of a call that came later that the agent is too old for it.
func later(err error, what string) error {
	if errors.Is(err, errUnknownCall) {
		return lockstep.Errorf(lockstep.CodeUnsupported, "the agent that runs is of a version before %s: restart it (lockstep agent stop; apps go on)", what)
	}
	return err
}
