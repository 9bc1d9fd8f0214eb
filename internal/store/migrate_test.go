package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lockstep-dev/lockstep"
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

// A database from before adrift was kept has it in its last switches.
func TestMigrationFindsWhatIsAdrift(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := Options{DataDir: t.TempDir()}
			if name == "postgres" {
				options = Options{DatabaseURL: postgres.Database(t)}
			}
			update := func(fn func(*Tx) error) {
				t.Helper()
				s, err := Open(t.Context(), options)
				if err == nil {
					err = errors.Join(s.Update(t.Context(), fn), s.Close())
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			update(func(tx *Tx) error {
				// Of each project the switches that ended, the oldest first: drills
				// count for nothing, and neither does what moved nobody.
				for project, ended := range map[string][]struct {
					id, status string
					moved      bool
					drill      bool
				}{
					"adrift":  {{"1", "completed", true, false}, {"2", "failed", true, false}, {"3", "completed", true, true}},
					"settled": {{"4", "failed", true, false}, {"5", "completed", true, false}},
					"unmoved": {{"6", "failed", false, false}},
				} {
					if err := tx.PutProject(lockstep.Project{ID: project, Name: project, CurrentEpoch: 7}); err != nil {
						return err
					}
					if err := tx.PutEnvironment(lockstep.Environment{ID: "to-" + project, ProjectID: project, Name: "to", Type: lockstep.TypeStaging, Status: lockstep.EnvironmentActive}); err != nil {
						return err
					}
					for _, o := range ended {
						err := tx.AddOperation(lockstep.Operation{
							ID: o.id, Kind: lockstep.OperationSwitch, ProjectID: project, EnvironmentID: "to-" + project, Status: lockstep.StatusPending,
							Locks: []string{"env:to"}, Switch: &lockstep.Switch{ToID: "to-" + project, Drill: o.drill, Reason: `not a "drill":true`},
						})
						if err == nil {
							err = tx.addSteps(o.id, 0, lockstep.PhaseForward, []lockstep.Step{{Name: "move", Kind: lockstep.StepMoveLive}})
						}
						if err == nil && o.moved {
							_, err = tx.exec("UPDATE operation_steps SET attempts = 1 WHERE operation_id = $1", o.id)
						}
						if err == nil {
							_, err = tx.exec("UPDATE operations SET status = $2, started_at = 1, completed_at = 2 WHERE id = $1", o.id, o.status)
						}
						if err != nil {
							return err
						}
					}
				}
				// As it was before.
				if _, err := tx.exec("ALTER TABLE projects DROP COLUMN adrift_environment_id"); err != nil {
					return err
				}
				text, err := migrationFiles.ReadFile("migrations/00012_switch_hooks.sql")
				if err != nil {
					return err
				}
				for statement := range strings.SplitAfterSeq(tx.dialect.schema(string(text)), ";\n") {
					if strings.TrimSpace(statement) == "" {
						continue
					}
					if _, err := tx.exec(statement); err != nil {
						return err
					}
				}
				return nil
			})
			update(func(tx *Tx) error {
				for project, want := range map[string]lockstep.Project{
					"adrift": {AdriftID: "to-adrift", CurrentEpoch: 8}, "settled": {CurrentEpoch: 7}, "unmoved": {CurrentEpoch: 7},
				} {
					if p, err := tx.Project(project); err != nil || p.AdriftID != want.AdriftID || p.CurrentEpoch != want.CurrentEpoch {
						t.Errorf("%s: %+v, %v", project, p, err)
					}
				}
				return nil
			})
		})
	}
}
