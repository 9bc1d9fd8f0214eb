package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"github.com/lockstep-dev/lockstep"
)

type postgresDialect struct{ database string } // "lockstep on db.example.com:5432"

func (d postgresDialect) name() string         { return "postgres" }
func (d postgresDialect) place() string        { return "PostgreSQL database " + d.database }
func (d postgresDialect) shared() bool         { return true }
func (d postgresDialect) goose() goose.Dialect { return goose.DialectPostgres }

var columnType = regexp.MustCompile(`\b(TEXT|BLOB)\b`)

// schema gives names the order of their bytes, as SQLite has it: cursors and
// lists are then the same on both.
func (d postgresDialect) schema(text string) string {
	return columnType.ReplaceAllStringFunc(text, func(t string) string {
		if t == "BLOB" {
			return "BYTEA"
		}
		return `TEXT COLLATE "C"`
	})
}

// lockRow leaves the key alone, so that rows that refer to this one may still
// be added.
func (d postgresDialect) lockRow(alias string) string { return " FOR NO KEY UPDATE OF " + alias }

func (d postgresDialect) readOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// guard names a session's advisory lock; the number is ours and arbitrary.
func (d postgresDialect) guard() (string, string) {
	return "SELECT pg_advisory_lock(7420748012)", "SELECT pg_advisory_unlock(7420748012)"
}

func (d postgresDialect) clock(tx *Tx) (time.Time, error) {
	now, err := queryOne(tx, scanNumber, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
	return fromMicros(now), err
}

// prepare refuses a database that could not hold every text.
func (d postgresDialect) prepare(ctx context.Context, db *sql.DB) error {
	var encoding string
	if err := db.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return lockstep.Errorf(lockstep.CodeUnsupported, "%s has the encoding %s: create one with ENCODING 'UTF8'", d.place(), encoding)
	}
	return nil
}

func (d postgresDialect) damage(*Tx) ([]string, error) { return nil, nil }

func (d postgresDialect) fault(err error) fault {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return connectionFault(err)
	}
	switch e.Code {
	case "23505":
		return faultUnique
	case "23503":
		return faultForeign
	case "40001", "40P01":
		return faultAgain
	case "53100":
		return faultFull
	case "3D000":
		return faultMissing
	case "28000", "28P01", "42501":
		return faultDenied
	case "25006":
		return faultReadOnly
	case "XX001", "XX002":
		return faultDamaged
	case "55P03":
		return faultBusy
	}
	switch e.Code[:2] {
	case "08", "53", "57": // connection, resources (too many connections), operator (shutdown)
		return faultDown
	}
	return faultOther
}

func (d postgresDialect) stale(err error) bool {
	var connect *pgconn.ConnectError
	return d.fault(err) == faultDown && !errors.As(err, &connect)
}

func connectionFault(err error) fault {
	var network net.Error
	var connect *pgconn.ConnectError
	switch {
	case err == nil:
		return faultNone
	case errors.As(err, &connect), errors.As(err, &network),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		strings.Contains(err.Error(), "conn closed"): // pgx has no type for it
		return faultDown
	}
	return faultOther
}
