package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const sqliteFile = "lockstep.db"

// openSQLite opens one writer connection and a pool of readers. Writers queue
// for the connection in database/sql, which honours their contexts.
//
// Commits are synchronous=FULL: an effect is journaled before it is made, and
// a started step that a power cut un-journals would have its effect without a
// trace. FULL costs one fsync for each commit (a record took 1.0 ms instead of
// 0.4 ms where it was measured); NORMAL would sync only when the log is folded
// into the file.
func (s *Store) openSQLite(ctx context.Context, options Options) error {
	if options.DataDir == "" {
		return lockstep.Invalid("data", "no data directory: name one with --data, or a database with --database-url")
	}
	file, err := filepath.Abs(filepath.Join(options.DataDir, sqliteFile))
	if err != nil {
		return err
	}
	s.dialect = sqliteDialect{file: file, now: s.now}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	lock, err := lockFile(file + ".lock")
	if errors.Is(err, errHeld) {
		return lockstep.Errorf(lockstep.CodeConflict, "database %s is in use by another server%s: stop that one or choose another directory with --data", file, holder(file+".lock"))
	}
	if err != nil {
		return err
	}
	s.release = lock.Release
	if err := createPrivate(file); err != nil {
		return err
	}

	busy := cmp.Or(options.busyTimeout, 5*time.Second)
	if s.writer, err = openWriter(file, busy); err != nil {
		return err
	}
	if err := s.dialect.prepare(ctx, s.writer); err != nil {
		return err
	}
	s.busy = busy
	s.reader, err = sql.Open("sqlite", sqliteDSN(file, busy, nil, "query_only(1)"))
	if err != nil {
		return err
	}
	readers := max(4, runtime.GOMAXPROCS(0))
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	return nil
}

func openWriter(file string, busy time.Duration) (*sql.DB, error) {
	db, err := sql.Open("sqlite", sqliteDSN(file, busy, url.Values{"_txlock": {"immediate"}},
		"journal_mode(WAL)", "journal_size_limit(67108864)", "synchronous(FULL)", "foreign_keys(1)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	return db, nil
}

func sqliteDSN(file string, busy time.Duration, query url.Values, pragmas ...string) string {
	if query == nil {
		query = url.Values{}
	}
	query.Set("_dqs", "0")
	query.Add("_pragma", strings.TrimPrefix(busyTimeout(busy), "PRAGMA "))
	for _, p := range pragmas {
		query.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Path: file, RawQuery: query.Encode()}).String()
}

func busyTimeout(d time.Duration) string {
	return "PRAGMA busy_timeout(" + strconv.FormatInt(d.Milliseconds(), 10) + ")"
}

// createPrivate makes the file before SQLite would, readable by its owner
// only; SQLite gives the files beside it the same mode.
func createPrivate(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
