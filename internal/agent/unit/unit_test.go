package unit_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/agent/unit"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func plain() unit.Unit {
	return unit.Unit{
		Program: "/usr/local/bin/lockstep", Data: "/var/lib/lockstep",
		Edge: []string{"--edge", "127.0.0.1:7480"}, Systemd: 257,
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	account, mine, old, odd := plain(), plain(), plain(), plain()
	account.User, account.Edge = "lockstep", []string{"--edge", ":80", "--edge-tls", ":443"}
	mine.Own, mine.Data = true, "/home/ada/.local/state/lockstep"
	old.Systemd = 252
	odd.Program, odd.Data = "/opt/100% \"mine\"/lockstep", `/srv/$HOME & <sons>\`
	for name, c := range map[string]struct {
		unit   unit.Unit
		system string
	}{
		"root.service":    {plain(), "linux"},
		"account.service": {account, "linux"},
		"mine.service":    {mine, "linux"},
		"old.service":     {old, "linux"},
		"odd.service":     {odd, "linux"},
		"root.plist":      {plain(), "darwin"},
		"account.plist":   {account, "darwin"},
		"odd.plist":       {odd, "darwin"},
	} {
		golden := filepath.Join("testdata", name)
		got := c.unit.Text(c.system)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s: %v, got\n%s", name, err, got)
		}
		if c.system == "darwin" {
			wellFormed(t, name, got)
		}
	}
}

func wellFormed(t *testing.T, name, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

func TestWhereUnitsGo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		system string
		own    bool
		want   string
	}{
		{"linux", false, "/etc/systemd/system/lockstep-agent.service"},
		{"linux", true, "/home/ada/.config/systemd/user/lockstep-agent.service"},
		{"darwin", false, "/Library/LaunchDaemons/dev.lockstep.agent.plist"},
		{"darwin", true, "/home/ada/Library/LaunchAgents/dev.lockstep.agent.plist"},
	} {
		if got := (unit.Unit{Own: c.own}).Path(c.system, "/home/ada"); got != c.want {
			t.Errorf("%s: %s, want %s", c.system, got, c.want)
		}
	}
}

func TestAUserCannotHaveLowPorts(t *testing.T) {
	t.Parallel()
	low, high := plain(), plain()
	low.Own, low.Edge = true, []string{"--edge", "127.0.0.1:80"}
	high.Own = true
	if low.Caveat() == "" || high.Caveat() != "" {
		t.Errorf("low %q, high %q", low.Caveat(), high.Caveat())
	}
	low.Own = false
	if low.Caveat() != "" {
		t.Errorf("the machine's: %q", low.Caveat())
	}
}
