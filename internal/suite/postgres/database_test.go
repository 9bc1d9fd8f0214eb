package postgres

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestDatabaseBelongsToOneTest runs tests side by side that would meet in a shared database.
func TestDatabaseBelongsToOneTest(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			conn := connect(t, Database(t))
			if _, err := conn.Exec(t.Context(), "CREATE TABLE mine (name text COLLATE \"C\" PRIMARY KEY)"); err != nil {
				t.Fatal(err)
			}
			var tables int
			row := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
			if err := row.Scan(&tables); err != nil || tables != 1 {
				t.Fatalf("got %d tables (%v), want the own one alone", tables, err)
			}
		})
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("inner", func(t *testing.T) {
		url = Database(t)
		// Left open on purpose: an open connection must not keep the database.
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil || conn.Ping(t.Context()) != nil {
			t.Fatalf("the database does not answer: %v", err)
		}
	})
	if _, err := pgx.Connect(t.Context(), url); err == nil {
		t.Fatal("the database is still there after its test")
	}
}

func TestServerKeepsUTCAndUTF8(t *testing.T) {
	t.Parallel()
	conn := connect(t, Database(t))
	var zone, encoding string
	err := conn.QueryRow(t.Context(), "SELECT current_setting('timezone'), current_setting('server_encoding')").Scan(&zone, &encoding)
	if err != nil || zone != "UTC" || encoding != "UTF8" {
		t.Fatalf("got %s and %s (%v), want UTC and UTF8", zone, encoding, err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return conn
}
