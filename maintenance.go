package lockstep

import (
	"strings"
	"time"
	"unicode"
)

// Maintenance is what an environment's users are told while its edge answers
// for it: 503, with a page.
type Maintenance struct {
	Message string     `json:"message,omitempty"` // a sentence for users; "": one of ours
	Until   *time.Time `json:"until,omitempty"`   // when it is expected to be over, for Retry-After; it does not end by itself
}

// maxMaintenanceMessage is in bytes.
const maxMaintenanceMessage = 500

// Validate checks what a person wrote.
func (m Maintenance) Validate(now time.Time) error {
	switch {
	case len(m.Message) > maxMaintenanceMessage:
		return Invalid("message", "the message is longer than %d characters", maxMaintenanceMessage)
	case strings.ContainsFunc(m.Message, unicode.IsControl):
		return Invalid("message", "the message is one line without control characters")
	case m.Until != nil && !m.Until.After(now):
		return Invalid("until", "the maintenance would be over already: name a time to come")
	}
	return nil
}
