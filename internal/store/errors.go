package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// orNotFound turns "no rows" into a CodeNotFound that says what was looked for.
func orNotFound(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return lockstep.Errorf(lockstep.CodeNotFound, format, args...)
	}
	return err
}

// refused says of what was written which rule it breaks: that a name exists
// already, or that what it refers to does not. Both are CodeConflict.
func (tx *Tx) refused(err error, what, exists, lacks string) error {
	switch tx.dialect.fault(err) {
	case faultUnique:
		return &lockstep.Error{Code: lockstep.CodeConflict, Message: what + " " + exists, Err: err}
	case faultForeign:
		return &lockstep.Error{Code: lockstep.CodeConflict, Message: what + " " + lacks, Err: err}
	default:
		return within(err, "%s", what)
	}
}

// within says what an error is about. An error that a person sees gets it in
// its message.
func within(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	about := fmt.Sprintf(format, args...)
	var coded *lockstep.Error
	if errors.As(err, &coded) {
		named := *coded
		named.Message, named.Err = about+": "+coded.Message, err
		return &named
	}
	return fmt.Errorf("%s: %w", about, err)
}
