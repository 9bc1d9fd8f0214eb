package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/lockstep", "the lockstep executable")
	flag.StringVar(&o.apps, "apps", "bin/sunday", "folder with the built Sunday apps")
	flag.IntVar(&o.deployments, "n", 100, "deployments of each strategy under load")
	flag.IntVar(&o.underKills, "killed", 40, "deployments of each strategy while the server is killed again and again")
	flag.IntVar(&o.rate, "rate", 200, "requests per second against each environment")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

type options struct {
	binary, apps                  string
	deployments, underKills, rate int
}

func run(ctx context.Context, o options) error {
	for _, p := range []*string{&o.binary, &o.apps} {
		abs, err := filepath.Abs(*p)
		if err != nil {
			return err
		}
		*p = abs
	}
	size, err := os.Stat(o.binary)
	if err != nil {
		return fmt.Errorf("%w (make build apps)", err)
	}
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	fmt.Printf("start     %s to the first answer (best of 5: %s)\n", ms(s.started[0]), ms(best(s.started)))
	if err := s.overhead(ctx); err != nil {
		return err
	}
	if err := s.rollback(ctx); err != nil {
		return err
	}
	if err := s.memory(ctx); err != nil {
		return err
	}
	fmt.Printf("binary    %.1f MB\n", float64(size.Size())/1e6)
	if err := s.underLoad(ctx, "deploy", o.deployments, false); err != nil {
		return err
	}
	if err := s.underLoad(ctx, "killed", o.underKills, true); err != nil {
		return err
	}
	return s.control(ctx)
}
