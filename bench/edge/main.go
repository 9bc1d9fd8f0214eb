package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if role := os.Getenv(roleVariable); role != "" {
		return play(ctx, role)
	}
	var p plan
	flag.IntVar(&p.rounds, "rounds", 7, "how often each router takes its turn")
	flag.DurationVar(&p.duration, "for", 2*time.Second, "how long a turn is")
	flag.IntVar(&p.connections, "connections", 32, "connections of the client")
	flag.StringVar(&p.gogc, "gogc", "", "measure a second edge, with this GOGC")
	flag.Parse()
	results, err := p.run(ctx)
	if err != nil {
		return err
	}
	printTable(os.Stdout, results)
	return nil
}
