package postgres

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

// Database returns the URL of an empty database that belongs to the test alone and is dropped when it ends. It
// starts the server where none runs yet; where PostgreSQL is not installed the test ends as [suite.Need] says.
func Database(tb testing.TB) string {
	tb.Helper()
	bin := suite.Need(tb, suite.PostgreSQL)
	server, err := sharedServer(bin)
	if err != nil {
		tb.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := server.do(tb.Context(), "CREATE DATABASE "+name); err != nil {
		tb.Fatalf("create a database for the test: %v", err)
	}
	tb.Cleanup(func() {
		// The test's own context has ended by now.
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := server.do(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("drop the test's database: %v", err)
		}
	})
	return server.url(name)
}

var databases atomic.Int64

// do carries out one statement that has to stand outside a transaction and outside the database that it is about.
func (s *server) do(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
