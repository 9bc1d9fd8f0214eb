package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"
)

// plan says how much is measured.
type plan struct {
	rounds      int
	duration    time.Duration
	connections int
	gogc        string // a second edge runs with it; empty for none
}

// result is one router in one scenario: medians over the rounds.
type result struct {
	scenario   string
	router     string
	perSecond  float64
	p50, p99   time.Duration
	processor  time.Duration // of the router, for a request
	throughput float64       // of nginx's in the same round
	p99Ratio   float64       // likewise
}

// run starts everything, measures and stops everything.
func (p plan) run(ctx context.Context) (results []result, err error) {
	dir, err := os.MkdirTemp("", "lockstep-bench")
	if err != nil {
		return nil, fmt.Errorf("make a directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	routers, err := p.start(ctx, dir)
	defer func() {
		for _, r := range slices.Backward(routers) {
			r.stop()
		}
	}()
	if err != nil {
		return nil, err
	}
	for _, s := range scenarios {
		more, err := p.compare(ctx, routers, s)
		if err != nil {
			return nil, err
		}
		results = append(results, more...)
	}
	return results, nil
}

func (p plan) start(ctx context.Context, dir string) (routers []*router, err error) {
	add := func(r *router, err error) error {
		if err == nil {
			routers = append(routers, r)
		}
		return err
	}
	if err := add(startRole(ctx, roleBackend, "")); err != nil {
		return routers, err
	}
	backend := routers[0].addr
	binary, err := findNginx()
	if err != nil {
		return routers, err
	}
	if err := add(startNginx(ctx, binary, dir, backend)); err != nil {
		return routers, err
	}
	if err := add(startRole(ctx, roleEdge, backend)); err != nil {
		return routers, err
	}
	if p.gogc != "" {
		if err := add(startRole(ctx, roleEdge, backend, "GOGC="+p.gogc)); err != nil {
			return routers, err
		}
	}
	if binary := os.Getenv("KAMAL_PROXY"); binary != "" {
		if err := add(startKamalProxy(ctx, binary, dir, backend)); err != nil {
			return routers, err
		}
	}
	return routers, nil
}

// series are a router's turns of one scenario.
type series struct {
	turns     []turn
	processor []time.Duration
}

func (p plan) compare(ctx context.Context, routers []*router, s scenario) ([]result, error) {
	all := make([]series, len(routers))
	for _, r := range routers { // unmeasured: connections open, caches warm up
		if _, err := drive(ctx, r.addr, s, p.connections, p.duration/4); err != nil {
			return nil, err
		}
	}
	for round := range p.rounds {
		for i := range routers {
			i = (i + round) % len(routers) // nobody always comes after the same
			before, err := routers[i].processorTime(ctx)
			if err != nil {
				return nil, err
			}
			t, err := drive(ctx, routers[i].addr, s, p.connections, p.duration)
			if err != nil {
				return nil, err
			}
			after, err := routers[i].processorTime(ctx)
			if err != nil {
				return nil, err
			}
			requests := t.perSecond * p.duration.Seconds()
			all[i].turns = append(all[i].turns, t)
			all[i].processor = append(all[i].processor, time.Duration(float64(after-before)/requests))
		}
	}
	return summarise(routers, all, s), nil
}

func summarise(routers []*router, all []series, s scenario) (results []result) {
	nginx := all[slices.IndexFunc(routers, func(r *router) bool { return r.name == "nginx" })].turns
	for i, r := range routers {
		turns := all[i].turns
		of := func(value func(round int) float64) float64 {
			values := make([]float64, len(turns))
			for round := range turns {
				values[round] = value(round)
			}
			return median(values)
		}
		results = append(results, result{
			scenario:   s.name,
			router:     r.name,
			perSecond:  of(func(n int) float64 { return turns[n].perSecond }),
			p50:        time.Duration(of(func(n int) float64 { return float64(turns[n].p50) })),
			p99:        time.Duration(of(func(n int) float64 { return float64(turns[n].p99) })),
			processor:  median(all[i].processor),
			throughput: of(func(n int) float64 { return turns[n].perSecond / nginx[n].perSecond }),
			p99Ratio:   of(func(n int) float64 { return float64(turns[n].p99) / float64(nginx[n].p99) }),
		})
	}
	return results
}

func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func printTable(w io.Writer, results []result) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(format string, values ...any) { _, _ = fmt.Fprintf(table, format+"\t\n", values...) }
	last := ""
	for _, r := range results {
		if r.scenario != last {
			last = r.scenario
			row("%s\trequests/s\tp50\tp99\tCPU/request\tthroughput ÷ nginx\tp99 ÷ nginx", r.scenario)
		}
		row("%s\t%.0f\t%v\t%v\t%v\t%.2f\t%.2f", r.router, r.perSecond, r.p50.Round(time.Microsecond),
			r.p99.Round(time.Microsecond), r.processor.Round(100*time.Nanosecond), r.throughput, r.p99Ratio)
	}
	_ = table.Flush()
}
