package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/lockstep-dev/lockstep"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrate brings the database to the version that this binary knows. Servers
// that start at once do it one after the other.
func (s *Store) migrate(ctx context.Context) (err error) {
	provider, err := s.migrations()
	if err != nil {
		return err
	}
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if current > known {
		return lockstep.Errorf(lockstep.CodeUnsupported, "%s has version %d, this program knows up to version %d: start the newer program that wrote it", s.dialect.place(), current, known)
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if len(done) > 0 {
		s.log.InfoContext(ctx, "database migrated", "database", s.dialect.place(), "from", current, "to", known)
	}
	return nil
}

// migrations makes each SQL file a migration in the database's own types.
func (s *Store) migrations() (*goose.Provider, error) {
	names, err := migrationNames()
	if err != nil {
		return nil, err
	}
	var all []*goose.Migration
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		up := func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, s.dialect.schema(string(text)))
			return err
		}
		all = append(all, goose.NewGoMigration(version, &goose.GoFunc{RunTx: up}, nil))
	}
	return goose.NewProvider(s.dialect.goose(), s.writer, nil,
		goose.WithGoMigrations(all...), goose.WithDisableGlobalRegistry(true), goose.WithSlog(s.log))
}

func migrationNames() ([]string, error) {
	entries, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, path.Join("migrations", e.Name()))
	}
	slices.Sort(names)
	return names, nil
}

// lockMigrations waits for other processes that migrate the same database.
// On SQLite Open holds the file's lock already.
func (s *Store) lockMigrations(ctx context.Context) (func() error, error) {
	take, give := s.dialect.guard()
	if take == "" {
		return func() error { return nil }, nil
	}
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return nil, err
	}
	wait, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := conn.ExecContext(wait, take); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for another server's migration: %w", err), conn.Close())
	}
	return func() error {
		// A caller that gave up must not leave the lock in the pool.
		_, err := conn.ExecContext(context.WithoutCancel(ctx), give)
		return errors.Join(err, conn.Close())
	}, nil
}
