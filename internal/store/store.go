package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Options say where the database is. The zero value of each other field works.
type Options struct {
	DataDir        string // holds lockstep.db where DatabaseURL is empty
	DatabaseURL    string // postgres://…
	Logger         *slog.Logger
	Now            func() time.Time // for stamps, and for leases on SQLite; PostgreSQL's leases go by its own clock
	EventRetention EventRetention
	// Transacted, where set, is told of each transaction when it is over:
	// whether it could write, whether the database let it down, and how long
	// it took with the wait for its turn. It must not block.
	Transacted func(write, failed bool, took time.Duration)

	busyTimeout time.Duration // how long SQLite waits for a lock of another process
}

// Store is the open database. Its methods may be called concurrently.
type Store struct {
	writer, reader *sql.DB // the same pool on PostgreSQL
	dialect        dialect
	log            *slog.Logger
	now            func() time.Time
	retention      EventRetention
	busy           time.Duration // how long a write waits for SQLite's file; 0 on PostgreSQL
	told           func(write, failed bool, took time.Duration)

	news       *news
	stop       context.CancelFunc
	background sync.WaitGroup
	release    func() error // gives up the lock on the database file
	closing    sync.Once
	closeErr   error
}

// Open opens the database, creating and migrating it as needed. A SQLite file
// belongs to one Store at a time; PostgreSQL may be shared.
func Open(ctx context.Context, options Options) (*Store, error) {
	s := &Store{
		log:       options.Logger,
		now:       options.Now,
		retention: options.EventRetention.orDefault(),
		told:      options.Transacted,
		news:      newNews(),
		release:   func() error { return nil },
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.told == nil {
		s.told = func(bool, bool, time.Duration) {}
	}
	var err error
	if options.DatabaseURL == "" {
		err = s.openSQLite(ctx, options)
	} else {
		err = s.openPostgres(ctx, options)
	}
	if err == nil {
		err = s.migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(s.explain(ctx, err), s.shut())
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	if s.dialect.shared() {
		s.background.Go(func() { s.watch(background) })
	}
	return s, nil
}

// Database is the kind of database, "sqlite" or "postgres".
func (s *Store) Database() string { return s.dialect.name() }

// Close ends waiting readers and closes the database. Transactions that run
// finish first. A second call does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.stop()
		s.news.close()
		s.background.Wait()
		s.closeErr = s.shut()
	})
	return s.closeErr
}

func (s *Store) shut() error {
	var errs []error
	if s.reader != nil && s.reader != s.writer {
		errs = append(errs, s.reader.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	return errors.Join(append(errs, s.release())...)
}

// isPostgresURL says whether a database URL is one that we can open.
func isPostgresURL(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Revision reads a revision by ID, in a transaction of its own.
func (s *Store) Revision(ctx context.Context, id string) (revision lockstep.Revision, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		revision, err = tx.Revision(id)
		return err
	})
	return revision, err
}
