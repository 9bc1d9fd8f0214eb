package lockstep

import "time"

// Answer is what a change that came with an Idempotency-Key was answered. It
// is stored with the change, so that a client that lost the answer may ask
// again and gets the same one, without a second change.
type Answer struct {
	Actor     string // whose key it is: keys of different actors do not meet
	Key       string
	Request   string // Hash of what was asked: the same key for something else is a conflict
	Body      []byte // JSON
	CreatedAt time.Time
}
