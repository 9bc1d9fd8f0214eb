package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// most is how long it may take altogether: what hangs is ended.
const most = 20 * time.Minute

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/lockstep", "the lockstep `executable`, with the dashboard in it")
	flag.StringVar(&o.apps, "apps", "bin/sunday", "`folder` with the built Sunday apps")
	flag.StringVar(&o.web, "web", "web", "the dashboard's `folder`, with its packages")
	flag.IntVar(&o.environments, "environments", 1000, "environments of the project")
	flag.IntVar(&o.running, "running", 100, "how many of them run something")
	flag.IntVar(&o.lines, "lines", 12000, "lines in the logs of production")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each interaction is done")
	flag.IntVar(&o.events, "events", 200, "events a second of the burst")
	flag.StringVar(&o.only, "only", ".", "only the parts whose titles match this `expression`")
	flag.StringVar(&o.profiles, "profiles", "", "write a processor profile of each part into this `folder`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, most)
	err := run(ctx, o)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

type options struct {
	binary, apps, web, only, profiles            string
	environments, running, lines, rounds, events int
}

func run(ctx context.Context, o options) error {
	for _, p := range []*string{&o.binary, &o.apps, &o.web, &o.profiles} {
		if *p == "" {
			continue
		}
		abs, err := filepath.Abs(*p)
		if err != nil {
			return err
		}
		*p = abs
	}
	if _, err := os.Stat(o.binary); err != nil {
		return fmt.Errorf("%w (make build apps)", err)
	}
	chromium, err := findChromium()
	if err != nil {
		return err
	}
	began := time.Now()
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	fmt.Printf("%d environments, %d of them run something, %d lines of logs: made in %.0f s\n", o.environments, o.running, o.lines, time.Since(began).Seconds())
	fmt.Printf("load average before: %s\n", load1())
	tables, err := s.measure(ctx, chromium)
	for _, t := range tables {
		t.print(os.Stdout)
	}
	fmt.Printf("\nload average after: %s\n", load1())
	return err
}

// findChromium looks where journeys look.
func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("chromium is not in PATH (apt-get install chromium, or brew install --cask chromium)")
}

// load1 is the machine's load average, of 1, 5 and 15 minutes, where it says so.
func load1() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	var a, b, c string
	if _, err := fmt.Sscan(string(raw), &a, &b, &c); err != nil {
		return "not known"
	}
	return fmt.Sprintf("%s, %s, %s", a, b, c)
}
