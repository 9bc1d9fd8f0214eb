package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type sqliteDialect struct {
	file string
	now  func() time.Time
}

func (d sqliteDialect) name() string                 { return "sqlite" }
func (d sqliteDialect) place() string                { return "database " + d.file }
func (d sqliteDialect) shared() bool                 { return false }
func (d sqliteDialect) goose() goose.Dialect         { return goose.DialectSQLite3 }
func (d sqliteDialect) schema(text string) string    { return text }
func (d sqliteDialect) lockRow(string) string        { return "" } // a writer is alone
func (d sqliteDialect) stale(error) bool             { return false }
func (d sqliteDialect) readOptions() *sql.TxOptions  { return nil }
func (d sqliteDialect) guard() (string, string)      { return "", "" }
func (d sqliteDialect) clock(*Tx) (time.Time, error) { return d.now(), nil }

// prepare reads the first page, so that a file that is none of ours is
// refused before anything is written to it.
func (d sqliteDialect) prepare(ctx context.Context, db *sql.DB) error {
	var tables int
	return db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables)
}

func (d sqliteDialect) damage(tx *Tx) ([]string, error) {
	found, err := queryAll(tx, scanText, "PRAGMA integrity_check")
	if err != nil {
		return nil, err
	}
	if len(found) == 1 && found[0] == "ok" {
		found = nil
	}
	orphans, err := queryAll(tx, scanText, `SELECT "table" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check`)
	return append(found, orphans...), err
}

func (d sqliteDialect) fault(err error) fault {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fileFault(err)
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return faultUnique
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return faultForeign
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return faultBusy
	case sqlite3.SQLITE_FULL:
		return faultFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return faultReadOnly
	case sqlite3.SQLITE_CORRUPT:
		return faultDamaged
	case sqlite3.SQLITE_NOTADB:
		return faultNotOurs
	}
	return faultOther
}

// fileFault reads errors of the file system, from before SQLite is asked.
func fileFault(err error) fault {
	switch {
	case err == nil:
		return faultNone
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return faultReadOnly
	case errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR):
		return faultNotOurs
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return faultFull
	}
	return faultOther
}
