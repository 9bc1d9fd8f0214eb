package store_test

import (
	"fmt"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/store/storetest"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, openSQLite)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, openPostgres(postgres.Database(t)))
	})
}

func openSQLite(tb testing.TB, options store.Options) storetest.Opened {
	tb.Helper()
	options.DataDir = tb.TempDir()
	return storetest.Opened{Store: open(tb, options)}
}

// openPostgres gives each test a schema of its own in one database: making a
// database takes longer than most of the tests.
func openPostgres(database string) storetest.Opener {
	var schemas atomic.Int64
	return func(tb testing.TB, options store.Options) storetest.Opened {
		tb.Helper()
		name := fmt.Sprint("test_", schemas.Add(1))
		conn, err := pgx.Connect(tb.Context(), database)
		if err != nil {
			tb.Fatal(err)
		}
		defer conn.Close(tb.Context())
		if _, err := conn.Exec(tb.Context(), "CREATE SCHEMA "+name); err != nil {
			tb.Fatal(err)
		}
		options.DatabaseURL = withParameter(tb, database, "search_path", name)
		return storetest.Opened{
			Store: open(tb, options),
			Again: func(tb testing.TB) *store.Store {
				tb.Helper()
				return open(tb, options)
			},
		}
	}
}

func withParameter(tb testing.TB, database, key, value string) string {
	tb.Helper()
	u, err := url.Parse(database)
	if err != nil {
		tb.Fatal(err)
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// open opens a store that is closed with its test.
func open(tb testing.TB, options store.Options) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}
