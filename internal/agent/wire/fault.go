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
	err = json.Unmarshal(body, &fault)
	if err != nil && res.StatusCode == http.StatusNotFound { // no handler of an agent's
		return lockstep.Errorf(lockstep.CodeUnsupported, "the agent that runs is older than this server and cannot do that: restart it (lockstep agent stop; apps go on)")
	}
	if err != nil || fault.Code == "" {
		return fmt.Errorf("agent answered %s", res.Status)
	}
	if fault.Code == lockstep.CodeInternal {
		return errors.New("agent: " + fault.Message)
	}
	return &lockstep.Error{Code: fault.Code, Message: fault.Message}
}
