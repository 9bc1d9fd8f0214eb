package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// TestMigrationWaitsForAnother holds the lock that a migrating server holds.
func TestMigrationWaitsForAnother(t *testing.T) {
	t.Parallel()
	options := Options{DatabaseURL: postgres.Database(t)}
	conn, err := pgx.Connect(t.Context(), options.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	take, give := postgresDialect{}.guard()
	if _, err := conn.Exec(t.Context(), take); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := Open(ctx, options); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while another migrates: %v", err)
	}
	var tables int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables > 0 {
		t.Errorf("%d tables were made meanwhile, %v", tables, err)
	}
	if _, err := conn.Exec(t.Context(), give); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the lock is given back
		s, err := Open(t.Context(), options)
		if err != nil {
			t.Fatalf("afterwards: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
