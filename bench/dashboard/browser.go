package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// table is a part of what was measured, as the browser's side wrote it.
type table struct {
	Title   string     `json:"title"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

func (t table) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", t.Title)
	tw := tabwriter.NewWriter(w, 2, 0, 3, ' ', 0)
	fmt.Fprintln(tw, "  "+strings.Join(t.Columns, "\t"))
	for _, row := range t.Rows {
		fmt.Fprintln(tw, "  "+strings.Join(row, "\t"))
	}
	tw.Flush() //nolint:errcheck // to a terminal
}

// measure has the browser's side measure, and reads what it wrote. Where it
// failed, what was measured before is returned too.
func (s *stage) measure(ctx context.Context, chromium string) ([]table, error) {
	token, err := os.ReadFile(filepath.Join(s.box.Dir(), "token"))
	if err != nil {
		return nil, err
	}
	server := map[string]any{"server": s.box.Server(), "edge": s.box.Edge(), "tokens": map[string]string{"admin": strings.TrimSpace(string(token))}}
	about, err := json.Marshal(map[string]any{"main": server, "away": server, "control": ""})
	if err != nil {
		return nil, err
	}
	world, told := filepath.Join(s.dir, "world.json"), filepath.Join(s.dir, "figures.json")
	if err := os.WriteFile(world, about, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join("node_modules", ".bin", "vitest"), "run", "--config", "vitest.e2e.config.ts", "--reporter=dot", "--testTimeout=600000", "--testNamePattern="+s.o.only, "e2e/dashboard.bench.ts")
	cmd.Dir = s.o.web
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it ends its browser
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = append(os.Environ(), "LOCKSTEP_WORLD="+world, "LOCKSTEP_CHROMIUM="+chromium, "LOCKSTEP_FIGURES="+told,
		"LOCKSTEP_ROUNDS="+strconv.Itoa(s.o.rounds), "LOCKSTEP_EVENTS="+strconv.Itoa(s.o.events), "LOCKSTEP_PROFILES="+s.o.profiles)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("the browser's side: %w\n%s", err, out)
	}
	raw, readErr := os.ReadFile(told)
	if readErr != nil {
		return nil, errors.Join(err, readErr)
	}
	var tables []table
	if readErr := json.Unmarshal(raw, &tables); readErr != nil {
		return nil, errors.Join(err, readErr)
	}
	return tables, err
}
