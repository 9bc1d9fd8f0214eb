package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// writeOn commits until it is killed, and says what it has committed. Each
// transaction raises a number in two tables that must stay equal, and adds an
// event.
func writeOn(ctx context.Context, options store.Options) error {
	s, err := store.Open(ctx, options)
	if err != nil {
		return err
	}
	for {
		var n int64
		err := s.Update(ctx, func(tx *store.Tx) error {
			for _, name := range []string{"one", "two"} {
				p, err := tx.Project(name)
				if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
					return err
				}
				p.ID, p.Name, p.MatrixVersion = name, name, p.MatrixVersion+1
				n = p.MatrixVersion
				p.Matrix = []byte(strings.Repeat("x", 20_000)) // several pages, so that a kill falls between them
				if err := tx.PutProject(p); err != nil {
					return err
				}
			}
			return tx.AppendEvent(lockstep.Event{Type: lockstep.EventMatrixApplied})
		})
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func TestKilledWriterLosesNothingAndLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testKilledWriter(t, store.Options{DataDir: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		testKilledWriter(t, store.Options{DatabaseURL: postgres.Database(t)})
	})
}

func testKilledWriter(t *testing.T, options store.Options) {
	t.Helper()
	var told int64
	for round := range 6 {
		cmd := child(t, "write", options)
		told = killAfter(t, cmd, 5+3*round, told)
		s := open(t, options)
		sound(t, s)
		var one, two, newest int64
		if err := s.View(t.Context(), func(tx *store.Tx) error {
			p, err := tx.Project("one")
			if err != nil {
				return err
			}
			q, err := tx.Project("two")
			if err != nil {
				return err
			}
			one, two = p.MatrixVersion, q.MatrixVersion
			_, newest, err = tx.EventRange()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if one < told || one != two || one != newest {
			t.Errorf("round %d: %d was committed; there are %d, %d and %d events", round, told, one, two, newest)
		}
		told = one
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter kills a writer after so many commits and returns the last one
// that it told of.
func killAfter(t *testing.T, cmd *exec.Cmd, commits int, told int64) int64 {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); seen++ {
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil || n <= told {
			t.Fatalf("the writer says %q after %d", lines.Text(), told)
		}
		told = n
		if seen == commits {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait()
	return told
}
