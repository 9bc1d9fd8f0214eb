package store

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// maxAttempts bounds how often a transaction is run in all.
const maxAttempts = 10

// Tx is the tables in one transaction. It is used by one goroutine, inside
// the function that got it.
type Tx struct {
	ctx     context.Context //nolint:containedctx // a Tx lives inside one call of Update or View, and the control room's Tx has no ctx
	sql     *sql.Tx
	conn    *sql.Conn // that it has to itself; nil where the pool keeps it
	dialect dialect
	now     func() time.Time
	locks   bool             // rows that are read are locked, as they may be changed
	events  []lockstep.Event // numbered and written last
	broken  error            // of the first statement that failed
}

// Update runs fn in one read-write transaction, and again where the database
// asks for it. What fn did is undone where it returns an error or panics.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	return s.timed(ctx, true, func() error { return s.update(ctx, fn) })
}

// timed tells how long a transaction took, and explains its error.
func (s *Store) timed(ctx context.Context, write bool, transact func() error) error {
	began := s.now()
	err := transact()
	s.told(write, ctx.Err() == nil && s.letDown(err), s.now().Sub(began))
	return s.explain(ctx, err)
}

// letDown says that an error is the database's, and not what a statement or
// a caller earned.
func (s *Store) letDown(err error) bool {
	switch s.dialect.fault(err) {
	case faultNone, faultOther, faultUnique, faultForeign:
		return false
	default:
		return true
	}
}

func (s *Store) update(ctx context.Context, fn func(*Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := s.updateOnce(ctx, fn)
		if err == nil || attempt == maxAttempts || s.dialect.fault(err) != faultAgain {
			return err
		}
		pause := time.NewTimer(rand.N(time.Duration(attempt) * 10 * time.Millisecond))
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
}

func (s *Store) updateOnce(ctx context.Context, fn func(*Tx) error) error {
	tx, err := s.beginWrite(ctx)
	if err != nil {
		return err
	}
	defer tx.abandon()
	tx.locks = true
	err = fn(tx)
	if tx.broken != nil && (err == nil || s.dialect.fault(tx.broken) == faultAgain) {
		err = tx.broken
	}
	if err != nil {
		return err
	}
	if err := tx.writeEvents(); err != nil {
		return err
	}
	if err := tx.sql.Commit(); err != nil {
		return err
	}
	if len(tx.events) > 0 {
		s.news.announce()
	}
	return nil
}

// View runs fn in a transaction that sees one moment and writes nothing.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	return s.timed(ctx, false, func() error {
		tx, err := s.begin(ctx, s.reader, s.dialect.readOptions())
		if err != nil {
			return err
		}
		defer tx.abandon()
		return fn(tx)
	})
}

func (s *Store) beginWrite(ctx context.Context) (*Tx, error) {
	if s.busy == 0 {
		return s.begin(ctx, s.writer, nil)
	}
	began := s.now()
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return nil, err
	}
	// Whoever had the connection before may have waited for the file too. That
	// time counts: a file that is held is told after one timeout, not after
	// one for each who waits.
	left := max(s.busy-s.now().Sub(began), time.Millisecond)
	if _, err = conn.ExecContext(ctx, busyTimeout(left)); err == nil {
		var tx *sql.Tx
		if tx, err = conn.BeginTx(ctx, nil); err == nil {
			return &Tx{ctx: ctx, sql: tx, conn: conn, dialect: s.dialect, now: s.now}, nil
		}
	}
	return nil, errors.Join(err, conn.Close())
}

func (s *Store) begin(ctx context.Context, db *sql.DB, options *sql.TxOptions) (*Tx, error) {
	tx, err := db.BeginTx(ctx, options)
	// After a restart of the database every idle connection is dead. A failed
	// attempt removes one of them.
	for left := postgresConnections; err != nil && left > 0 && ctx.Err() == nil && s.dialect.stale(err); left-- {
		tx, err = db.BeginTx(ctx, options)
	}
	if err != nil {
		return nil, err
	}
	return &Tx{ctx: ctx, sql: tx, dialect: s.dialect, now: s.now}, nil
}

// abandon rolls back what was not committed. There is nobody to tell where
// that fails: the connection is broken then, and with it the transaction.
func (tx *Tx) abandon() {
	_ = tx.sql.Rollback()
	if tx.conn != nil {
		_ = tx.conn.Close()
	}
}

// withoutLocks is the same transaction, reading rows that stay as they are.
func (tx *Tx) withoutLocks() *Tx {
	reader := *tx
	reader.locks = false
	return &reader
}

// lockRow ends a SELECT by primary key.
func (tx *Tx) lockRow(alias string) string {
	if !tx.locks {
		return ""
	}
	return tx.dialect.lockRow(alias)
}

// exec runs a statement and returns how many rows it touched.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	args, err := tx.bind(args)
	if err != nil {
		return 0, err
	}
	result, err := tx.sql.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, tx.fail(err)
	}
	return result.RowsAffected()
}

// queryAll reads every row; the transaction is free again when it returns.
func queryAll[T any](tx *Tx, scan func(row) (T, error), query string, args ...any) (_ []T, err error) {
	args, err = tx.bind(args)
	if err != nil {
		return nil, err
	}
	rows, err := tx.sql.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, tx.fail(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.fail(err)
	}
	return out, nil
}

// queryOne reads one row; where there is none the error is sql.ErrNoRows,
// which does not break the transaction.
func queryOne[T any](tx *Tx, scan func(row) (T, error), query string, args ...any) (T, error) {
	var none T
	all, err := queryAll(tx, scan, query, args...)
	if err != nil {
		return none, err
	}
	if len(all) == 0 {
		return none, sql.ErrNoRows
	}
	return all[0], nil
}

func (tx *Tx) bind(args []any) ([]any, error) {
	if tx.broken != nil {
		return nil, tx.broken
	}
	bound, err := bind(args)
	if err != nil {
		tx.broken = err
	}
	return bound, err
}

func (tx *Tx) fail(err error) error {
	tx.broken = err
	return err
}
