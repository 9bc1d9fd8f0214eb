package lockstep

import (
	"fmt"
	"strconv"
	"strings"
)

// HTTPHook is a request. Its texts may hold HTTPHookPlaceholders.
type HTTPHook struct {
	Method      string                  `json:"method,omitempty"` // default POST
	URL         string                  `json:"url"`
	Headers     map[string]string       `json:"headers,omitempty"`
	HeadersFrom map[string]HeaderSource `json:"headersFrom,omitempty"` // secrets: read where they are sent from, shown nowhere
	Body        string                  `json:"body,omitempty"`
	Expect      []string                `json:"expect,omitempty"` // statuses ("204") and ranges of them ("200-299"); default 200-299
}

// HeaderSource says where the value of a header is kept.
type HeaderSource struct {
	File string `json:"file"` // absolute; on the machine of the environment
}

// HTTPHookPlaceholders are those that are filled in when a request is sent.
func HTTPHookPlaceholders() []string {
	return []string{"environment", "from", "hook", "operation", "previous", "project", "revision", "step", "version"}
}

// HTTPHookMethods lists the methods that a hook may use, the usual one first.
func HTTPHookMethods() []string {
	return []string{"POST", "PUT", "PATCH", "DELETE", "GET", "HEAD"}
}

// Expects says that an answer with this status is a success.
func (h HTTPHook) Expects(status int) bool {
	if len(h.Expect) == 0 {
		return status >= 200 && status <= 299
	}
	for _, text := range h.Expect {
		if from, to, err := ParseStatusRange(text); err == nil && from <= status && status <= to {
			return true
		}
	}
	return false
}

// ExpectText are the statuses that are a success, for people.
func (h HTTPHook) ExpectText() string {
	if len(h.Expect) == 0 {
		return "200-299"
	}
	return strings.Join(h.Expect, ", ")
}

// ParseStatusRange reads "204" or "200-299".
func ParseStatusRange(text string) (from, to int, err error) {
	first, last, ranged := strings.Cut(text, "-")
	if !ranged {
		last = first
	}
	from, errFrom := strconv.Atoi(first)
	to, errTo := strconv.Atoi(last)
	if errFrom != nil || errTo != nil || len(first) != 3 || len(last) != 3 || from < 100 || to > 599 || to < from {
		return 0, 0, fmt.Errorf("%q is no status or range of them: write 204 or 200-299", text)
	}
	return from, to, nil
}
