package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/pressly/goose/v3"
)

// A dialect is what differs between the databases.
type dialect interface {
	name() string
	place() string                // the database in messages: "database /srv/lockstep.db"
	shared() bool                 // other processes may commit to it
	goose() goose.Dialect         //
	schema(text string) string    // a migration in this database's types
	lockRow(alias string) string  // ends a SELECT whose row will be changed
	fault(err error) fault        // what an error of the driver means
	stale(err error) bool         // an idle connection was found dead; another may be well
	readOptions() *sql.TxOptions  // of a transaction that sees one moment
	guard() (string, string)      // statements that take and give the lock for migrations; empty where a file lock does it
	clock(*Tx) (time.Time, error) // by which leases go
	damage(*Tx) ([]string, error) // what the database itself finds wrong with its files
	prepare(context.Context, *sql.DB) error
}
