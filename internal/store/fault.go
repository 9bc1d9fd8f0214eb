package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// A fault is what an error of a database means to us.
type fault int

const (
	faultNone     fault = iota // there is no error
	faultOther                 // one of ours, or of Go's
	faultUnique                // a value that must be unique exists
	faultForeign               // a row that is referred to does not exist, or is referred to
	faultAgain                 // deadlock or serialization failure: run the transaction again
	faultBusy                  // locked by another process
	faultFull                  // no space left
	faultReadOnly              //
	faultDamaged               // the file is malformed
	faultNotOurs               // the file is no SQLite database
	faultDown                  // not reached, or shutting down
	faultDenied                // wrong user, password or rights
	faultMissing               // no such database
)

// explain turns an error of the database into one with a code, a name and a
// remedy. Errors with a code stay as they are; where the caller gave up, that
// is the error, whatever the database made of it.
func (s *Store) explain(ctx context.Context, err error) error {
	var coded *lockstep.Error
	switch {
	case err == nil, errors.As(err, &coded), s.dialect == nil:
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	code, text := lockstep.CodeFailed, ""
	switch s.dialect.fault(err) {
	case faultBusy:
		code, text = lockstep.CodeUnavailable, "is locked by another process: close whatever has it open, then try again"
	case faultFull:
		code, text = lockstep.CodeUnavailable, "has no space left: free some on its disk; the server goes on by itself"
	case faultDown:
		code, text = lockstep.CodeUnavailable, "cannot be reached: check that it runs and that the address is right; the server goes on by itself when it is back"
	case faultAgain:
		code, text = lockstep.CodeUnavailable, "is too busy: try again"
	case faultReadOnly:
		text = "is read-only: let the server's user write to the file and to its directory, or choose another place with --data or --database-url"
	case faultDamaged:
		text = "is damaged: stop the server, keep a copy of the file and restore a backup"
	case faultNotOurs:
		text = "is not a database of ours: move the file away or choose another directory with --data"
	case faultDenied:
		text = "refuses our user: check user, password and rights in --database-url"
	case faultMissing:
		text = "does not exist: create it (createdb) or correct --database-url"
	case faultUnique:
		code, text = lockstep.CodeConflict, "holds a row of that name or number already"
	case faultForeign:
		code, text = lockstep.CodeConflict, "lacks a row that this one refers to, or still refers to this one"
	default:
		return err
	}
	return &lockstep.Error{Code: code, Message: s.dialect.place() + " " + text, Err: err}
}
