package cli

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/lockstep-dev/lockstep"
)

func newTop(columns, rows int, names ...string) *top {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	t := &top{columns: columns, rows: rows, every: time.Second, now: func() time.Time { return at }, ask: func() tea.Msg { return nil }}
	var items []lockstep.EnvironmentActivity
	for i, name := range names {
		items = append(items, lockstep.EnvironmentActivity{
			ID: "id-" + name, Name: name, Status: lockstep.EnvironmentActive, Version: "2.1.0",
			Traffic: []lockstep.TrafficShare{{Version: "2.1.0", Percent: 90}, {Version: "2.2.0", Percent: 10}},
			Now: &lockstep.ActivityNow{
				Requests: float64(1000 * i), CPU: 1, CPUOf: 2, Clients: 12_456, Memory: 512 << 20, MemoryOf: 1 << 30,
				Latency:   lockstep.Quantiles{P50: 2100, P95: 15, P99: 99},
				Instances: []lockstep.InstanceUsage{{ID: "web-0123456789ab-0", Service: "web", CPU: 250, CPUOf: 2000, Restarts: 3}},
				Services:  []lockstep.ServiceTraffic{{Name: "web", Requests: 7}},
			},
		})
	}
	t.take(items, nil)
	return t
}

func press(t *top, keys ...string) {
	for _, k := range keys {
		text := k
		if len(k) > 1 {
			text = ""
		}
		t.key(k, text)
	}
}

func TestTopFitsTheScreen(t *testing.T) {
	t.Parallel()
	var many []string
	for n := range 40 {
		many = append(many, "an-environment-with-a-long-name-"+string(rune('a'+n%26))+string(rune('a'+n/26)))
	}
	for _, size := range [][2]int{{80, 24}, {200, 50}, {40, 10}, {21, 6}} {
		for _, keys := range [][]string{nil, {"enter"}, {"/", "x"}, {"s", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j"}} {
			v := newTop(size[0], size[1], many...)
			press(v, keys...)
			lines := strings.Split(v.frame(), "\n")
			if len(lines) > size[1] {
				t.Errorf("%v: %d lines after %v", size, len(lines), keys)
			}
			for _, l := range lines {
				if lipgloss.Width(l) > size[0] {
					t.Errorf("%v: %q is %d wide", size, l, lipgloss.Width(l))
				}
			}
		}
	}
}

// TestTopLeavesColumnsOut rather than the end of each line, and always says
// how to quit.
func TestTopLeavesColumnsOut(t *testing.T) {
	t.Parallel()
	for columns, head := range map[int]string{
		200: "ENVIRONMENT STATUS VERSION TRAFFIC REQ/S ERR/S P50 P95 P99 USERS CPU MEM RST",
		80:  "ENVIRONMENT VERSION REQ/S ERR/S P50 P95 P99 USERS CPU MEM RST",
		60:  "ENVIRONMENT VERSION REQ/S ERR/S P95 USERS CPU MEM RST",
		40:  "ENVIRONMENT REQ/S ERR/S P95 USERS",
	} {
		v := newTop(columns, 24, "production", "staging", "development")
		for _, keys := range [][]string{nil, {"enter"}} {
			press(v, keys...)
			frame := v.frame()
			if columns >= 60 && strings.Contains(frame, "…") || !strings.Contains(frame, "q quit") {
				t.Errorf("at %d columns:\n%s", columns, frame)
			}
			if keys == nil && strings.Join(strings.Fields(strings.Split(frame, "\n")[2]), " ") != head {
				t.Errorf("at %d columns, not %s:\n%s", columns, head, frame)
			}
		}
	}
}

func TestTopCountsOne(t *testing.T) {
	t.Parallel()
	v := newTop(80, 24, "production")
	v.items[0].Now.Clients = 1
	press(v, "enter")
	if frame := v.frame(); !strings.Contains(frame, "errors/s, 1 core, 537 MB\n") || !strings.Contains(frame, "99ms, 1 active user\n") {
		t.Errorf("one of each:\n%s", frame)
	}
	press(v, "s", "/")
	if v.sort != 0 || v.typing {
		t.Error("what is about the table is done where there is none")
	}
}

func TestTheCursorStaysWithItsEnvironmentAndOnTheScreen(t *testing.T) {
	t.Parallel()
	v := newTop(80, 9, "a1", "b2", "c3", "d4", "e5", "f6")
	press(v, "j", "j", "j", "j")
	if !strings.Contains(v.frame(), "●>e5 ") || !strings.Contains(v.frame(), "ENVIRONMENT") {
		t.Errorf("after four steps down:\n%s", v.frame())
	}
	press(v, "s") // by requests: the order is the other way round
	if !strings.Contains(v.frame(), "●>e5 ") || !strings.Contains(v.frame(), "sort: requests") {
		t.Errorf("sorted:\n%s", v.frame())
	}
	if shown := v.shown(); shown[0].Name != "f6" {
		t.Errorf("the busiest is %s", shown[0].Name)
	}
	press(v, "enter")
	if !strings.Contains(v.frame(), "● e5  ") || !strings.Contains(v.frame(), "2.1.0 90% 2.2.0 10%") {
		t.Errorf("inside:\n%s", v.frame())
	}
	press(v, "down", "down", "down", "down", "down", "down", "down", "down", "down")
	if !strings.Contains(v.frame(), "● e5  ") || !strings.Contains(v.frame(), "web-0123456789ab-0") {
		t.Errorf("inside, and down:\n%s", v.frame())
	}
	press(v, "esc", "/", "d", "4", "enter")
	if got := v.shown(); len(got) != 1 || got[0].Name != "d4" {
		t.Errorf("filtered: %v", got)
	}
	press(v, "esc")
	if len(v.shown()) != 6 {
		t.Error("the filter stays")
	}
}

func TestTopSaysThatTheServerIsAwayAndGoesOn(t *testing.T) {
	t.Parallel()
	away := lockstep.Errorf(lockstep.CodeUnavailable, "no answer")
	v := newTop(80, 24, "production")
	if _, again := v.Update(answered{err: away}); again == nil {
		t.Error("it does not try again")
	}
	if !strings.Contains(v.frame(), "the server does not answer since 12:00:00: trying again") || !strings.Contains(v.frame(), "production") {
		t.Errorf("away:\n%s", v.frame())
	}
	v.Update(answered{items: v.items})
	if strings.Contains(v.frame(), "trying again") {
		t.Errorf("back:\n%s", v.frame())
	}
	// What no other try would change ends it.
	stranger := &top{columns: 80, rows: 24, now: time.Now}
	_, quit := stranger.Update(answered{err: lockstep.Errorf(lockstep.CodeUnauthenticated, "who are you?")})
	if stranger.refused == nil || quit == nil {
		t.Error("it goes on although it is refused")
	} else if _, ok := quit().(tea.QuitMsg); !ok {
		t.Error("it does not quit")
	}
}

func TestAmountsAreReadable(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"2.3 GB": sizeText(2_300_000_000), "999 B": sizeText(999), "1.0 MB": sizeText(999_900), "512 MB": sizeText(512_000_000),
		"12,456": countText(12456), "-1,000": countText(-1000), "999": countText(999),
		"0.25": rateText(0.25), "<0.01": rateText(0.001), "1,235": rateText(1234.6),
		"2.1s": latencyText(2100), "15ms": latencyText(15), "0.3ms": latencyText(0.3), "–": latencyText(0),
		"████░░░░": bar(50, 8), "▁▄ █": spark([]float64{0, 1, 0, 2}, []bool{true, true, false, true}),
		"30d": spanText(30 * 24 * time.Hour), "24h": spanText(24 * time.Hour), "90m": spanText(90 * time.Minute),
		"0 %": percentText(0), "0.25 %": percentText(0.25), "33 %": percentText(33.3),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
