package matrix

import (
	"errors"

	"github.com/lockstep-dev/lockstep"
)

// decoder is what all values of one file share.
type decoder struct {
	src      *source
	problems *problems
	names    suggester
}

// report adds a problem about a place that was read before.
func (d *decoder) report(at place, suggestion, format string, args ...any) {
	d.problems.add(at.offset, at.field, suggestion, format, args...)
}

// validate reports what one of the vocabulary's checks says.
func (d *decoder) validate(at place, err error) bool {
	if err == nil {
		return true
	}
	message := err.Error()
	var coded *lockstep.Error
	if errors.As(err, &coded) {
		message = coded.Message
	}
	d.report(at, "", "%s", message)
	return false
}
