package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Before anything was ever started there is no agent that holds whoever waits
// for a line: they are held here, and not asked again at once for ever.
func TestLogsBeforeAnythingWasStarted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &meter{machine: &machine{wanted: make(chan struct{})}}
		began := time.Now()
		page, err := m.Logs(t.Context(), "e", lockstep.LogQuery{})
		if _, bad := lockstep.ParseLogCursor(page.Cursor); err != nil || bad != nil || page.Cursor == "" || time.Since(began) != 0 {
			t.Fatalf("first page: %+v, %v, after %s", page, err, time.Since(began))
		}
		query := lockstep.LogQuery{Cursor: page.Cursor, Wait: lockstep.Duration(5 * time.Second)}
		if page, err = m.Logs(t.Context(), "e", query); err != nil || page.Cursor != query.Cursor || time.Since(began) != 5*time.Second {
			t.Fatalf("next page: %+v, %v, after %s", page, err, time.Since(began))
		}
		gone, leave := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, leave)
		if _, err = m.Logs(gone, "e", query); err == nil || time.Since(began) != 6*time.Second {
			t.Fatalf("the reader goes: %v, after %s", err, time.Since(began))
		}
		time.AfterFunc(time.Second, func() { close(m.machine.wanted) })
		if page, err = m.Logs(t.Context(), "e", query); err != nil || len(page.Lines) != 0 || time.Since(began) != 7*time.Second {
			t.Fatalf("an agent is wanted: %+v, %v, after %s", page, err, time.Since(began))
		}
	})
}
