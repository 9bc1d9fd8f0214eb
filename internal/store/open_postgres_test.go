package store_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

func TestServersThatStartAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	options := store.Options{DatabaseURL: postgres.Database(t)}
	var all errgroup.Group
	for range 4 {
		cmd := child(t, "open", options)
		all.Go(func() error {
			out, err := cmd.Output()
			if err != nil || string(out) != "done\n" {
				return fmt.Errorf("a server says %q: %w", out, err)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	sound(t, open(t, options))
	conn, err := pgx.Connect(t.Context(), options.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var versions, distinct int
	if err := conn.QueryRow(t.Context(), "SELECT count(*), count(DISTINCT version_id) FROM goose_db_version").Scan(&versions, &distinct); err != nil || versions != distinct || versions < 2 {
		t.Errorf("%d versions, %d of them different: %v", versions, distinct, err)
	}
}

func TestPostgresThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	good := postgres.Database(t)
	for name, c := range map[string]struct {
		change func(*url.URL, url.Values)
		code   lockstep.Code
		words  string
	}{
		"database": {func(u *url.URL, _ url.Values) { u.Path = "/nobody" }, lockstep.CodeFailed, "createdb"},
		"server":   {func(_ *url.URL, q url.Values) { q.Set("host", t.TempDir()) }, lockstep.CodeUnavailable, "cannot be reached"},
		"role":     {func(_ *url.URL, q url.Values) { q.Set("user", "nobody-we-know") }, lockstep.CodeFailed, "check user"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(good)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			c.change(u, q)
			q.Set("password", "secret")
			u.RawQuery = q.Encode()
			if name == "role" {
				u.User = nil
			}
			_, err = store.Open(t.Context(), store.Options{DatabaseURL: u.String()})
			wantRefusal(t, err, c.code, "PostgreSQL database", c.words)
			if strings.Contains(fmt.Sprint(err), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestNewerPostgresDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	options := store.Options{DatabaseURL: postgres.Database(t)}
	s := open(t, options)
	conn, err := pgx.Connect(t.Context(), options.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), options)
	wantRefusal(t, err, lockstep.CodeUnsupported, "version 9999", "newer program")
	put(t, s, "still works")
}

// TestPostgresOrdersByBytes looks at the columns: the server of the tests
// orders by bytes anyway, others do not.
func TestPostgresOrdersByBytes(t *testing.T) {
	t.Parallel()
	options := store.Options{DatabaseURL: postgres.Database(t)}
	open(t, options)
	conn, err := pgx.Connect(t.Context(), options.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var all, other int
	if err := conn.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE collation_name IS DISTINCT FROM 'C')
    FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'`).Scan(&all, &other); err != nil || all < 50 || other > 0 {
		t.Errorf("%d of %d text columns are ordered otherwise, %v", other, all, err)
	}
}

// TestLostConnectionsAreMadeAgain cuts all of a server's connections, as a
// restarted PostgreSQL does.
func TestLostConnectionsAreMadeAgain(t *testing.T) {
	t.Parallel()
	options := store.Options{DatabaseURL: withParameter(t, postgres.Database(t), "application_name", "cut-me")}
	s := open(t, options)
	put(t, s, "before")
	conn, err := pgx.Connect(t.Context(), strings.ReplaceAll(options.DatabaseURL, "cut-me", "the-one-who-cuts"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	cut := func() {
		if _, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'cut-me' AND datname = current_database()"); err != nil {
			t.Error(err)
		}
	}

	// In the middle of a transaction: it did not happen, and may be tried again.
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutProject(lockstep.Project{ID: "lost", Name: "lost"}); err != nil {
			return err
		}
		cut()
		_, err := tx.Projects()
		return err
	})
	wantRefusal(t, err, lockstep.CodeUnavailable, "PostgreSQL database")
	// Between transactions nobody notices.
	cut()
	put(t, s, "after")
	if names := projects(t, s); len(names) != 2 {
		t.Errorf("projects %v", names)
	}
	sound(t, s)
}

// TestDeadlocksAreRunAgain has two transactions take the same rows in
// opposite order, each holding its first before it asks for its second.
func TestDeadlocksAreRunAgain(t *testing.T) {
	t.Parallel()
	s := open(t, store.Options{DatabaseURL: postgres.Database(t)})
	put(t, s, "a")
	put(t, s, "b")
	var attempts atomic.Int64
	var holding sync.WaitGroup
	holding.Add(2)
	var all errgroup.Group
	for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		all.Go(func() error {
			first := true
			return s.Update(t.Context(), func(tx *store.Tx) error {
				attempts.Add(1)
				for i, name := range order {
					p, err := tx.Project(name)
					if err != nil {
						return fmt.Errorf("wrapped: %w", err)
					}
					p.MatrixVersion++
					if err := tx.PutProject(p); err != nil {
						return err
					}
					if i == 0 && first {
						first = false
						holding.Done()
						holding.Wait()
					}
				}
				return nil
			})
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := attempts.Load(); n != 3 {
		t.Errorf("%d attempts, want 3: one of the two had to be run again", n)
	}
	if err := s.View(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Projects()
		for _, p := range all {
			if p.MatrixVersion != 2 {
				t.Errorf("project %s has %d, want 2", p.Name, p.MatrixVersion)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
