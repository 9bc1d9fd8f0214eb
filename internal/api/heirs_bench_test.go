package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// BenchmarkHeirs changes one variable of a project, which 1,000 environments
// inherit: each gets a new version of its configuration, in one transaction.
// An environment has 50 variables, 10 of them its own, and two services.
func BenchmarkHeirs(b *testing.B) {
	const n = 1000
	bench := func(b *testing.B, options store.Options) {
		b.Helper()
		w := newWorldIn(b, options, func(o *api.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		w.setUp()
		variables := func(from, until int) string {
			var body strings.Builder
			for i := from; i < until; i++ {
				fmt.Fprintf(&body, `,"KEY_%02d": "a value of which ${LOCKSTEP_ENVIRONMENT} is a part, %d"`, i, i)
			}
			return "{" + body.String()[1:] + "}"
		}
		change := func(body string) {
			w.do(http.MethodPut, "/api/system/projects/sunday/variables", `{"variables": `+body+`}`, head{"If-Match": "*"}).is(200)
		}
		change(variables(0, 40))
		w.setVariables(variables(40, 50))
		if err := heirs(w, n); err != nil {
			b.Fatal(err)
		}
		for i := 0; b.Loop(); i++ {
			change(fmt.Sprintf(`{"KEY_00": "%d"}`, i))
		}
		b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
		for _, name := range []string{"staging", "heir-00500"} {
			latest := decode[lockstep.ConfigVersion](w.get("/api/system/environments/" + name + "/config/versions/latest").is(200))
			if text := fmt.Sprint(latest.Document.Variables); !strings.Contains(text, "KEY_49") || latest.Number < int64(b.N) {
				b.Fatalf("%s: %d: %s", name, latest.Number, text)
			}
		}
	}
	b.Run("sqlite", func(b *testing.B) { bench(b, store.Options{DataDir: b.TempDir()}) })
	b.Run("postgres", func(b *testing.B) { bench(b, store.Options{DatabaseURL: postgres.Database(b)}) })
}

// heirs makes n environments as staging is, with variables of their own.
func heirs(w *world, n int) error {
	return w.store.Update(context.Background(), func(tx *store.Tx) error {
		p, err := tx.Project("sunday")
		if err != nil {
			return err
		}
		like, err := tx.Environment(p.ID, "staging")
		if err != nil {
			return err
		}
		latest, err := tx.ConfigVersion(like.ID, 0)
		if err != nil {
			return err
		}
		own, err := tx.Variables(lockstep.VariableOwner{ProjectID: p.ID, Level: lockstep.LevelEnvironment, ID: like.ID})
		if err != nil {
			return err
		}
		for i := range n {
			env := like
			env.Name, env.ID = fmt.Sprintf("heir-%05d", i), fmt.Sprintf("00000000-0000-7000-8000-%012d", i)
			if err := tx.PutEnvironment(env); err != nil {
				return err
			}
			v := latest
			v.ID, v.EnvironmentID = env.ID, env.ID
			if err := tx.AddConfigVersion(v); err != nil {
				return err
			}
			owner := lockstep.VariableOwner{ProjectID: p.ID, Level: lockstep.LevelEnvironment, ID: env.ID}
			for j, variable := range own {
				if err := tx.PutVariable(fmt.Sprintf("%s-%d", env.ID, j), owner, variable); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
