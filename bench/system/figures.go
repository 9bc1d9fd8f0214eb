package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/load"
)

// overhead compares deployments with the app started by hand, in one run.
func (s *stage) overhead(ctx context.Context) error {
	const rounds = 20
	var own, whole []time.Duration
	for range rounds {
		d, err := s.startByHand(ctx)
		if err != nil {
			return err
		}
		own = append(own, d)
		deployed, err := s.deploy(ctx, "warm")
		if err != nil {
			return err
		}
		whole = append(whole, deployed.CompletedAt.Sub(deployed.CreatedAt)-2*stableFor)
	}
	fmt.Printf("overhead  p50 %s, p95 %s beyond the app's own start of %s (blue_green, %d deployments)\n",
		ms(quantile(whole, 0.5)-quantile(own, 0.5)), ms(quantile(whole, 0.95)-quantile(own, 0.5)), ms(quantile(own, 0.5)), rounds)
	return nil
}

// startByHand runs the backend without Lockstep and says how long it takes
// from exec until /health answers 200.
func (s *stage) startByHand(ctx context.Context) (time.Duration, error) {
	const port = "19999"
	began := time.Now()
	cmd := exec.CommandContext(ctx, filepath.Join(s.o.apps, "good", "backend"), "--port", port)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // Wait says how it ended
		cmd.Wait()                          //nolint:errcheck // its end is all that counts
	}()
	err := patiently(ctx, func() error { return get(ctx, "http://127.0.0.1:"+port+"/health", "") })
	return time.Since(began), err
}

func get(ctx context.Context, url, host string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if host != "" {
		req.Host = host
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	return nil
}

// rollback takes a deployment back while its old side is warm, as the
// journal times it and as a client does that looks all the time.
func (s *stage) rollback(ctx context.Context) error {
	const rounds = 10
	var journal, outside []time.Duration
	for range rounds {
		last, err := s.deploy(ctx, "warm")
		if err != nil {
			return err
		}
		seen := make(chan time.Time, 1)
		looking, stop := context.WithCancel(ctx)
		go s.lookUntilNot(looking, "warm", last.Version, seen)
		asked := time.Now()
		back, err := s.c.Rollback(ctx, last.ID, client.RollbackRequest{})
		if err != nil {
			stop()
			return err
		}
		if back, err = s.end(ctx, back.ID); err != nil {
			stop()
			return err
		}
		for _, step := range back.Steps {
			if step.Kind == lockstep.StepShiftTraffic {
				journal = append(journal, step.CompletedAt.Sub(back.CreatedAt))
			}
		}
		outside = append(outside, (<-seen).Sub(asked))
		stop()
	}
	fmt.Printf("rollback  p50 %s, max %s until all traffic moved; seen from outside p50 %s, max %s (%d rollbacks)\n",
		ms(quantile(journal, 0.5)), ms(quantile(journal, 1)), ms(quantile(outside, 0.5)), ms(quantile(outside, 1)), rounds)
	return nil
}

// lookUntilNot asks the edge until another version than this one answers.
func (s *stage) lookUntilNot(ctx context.Context, env, version string, seen chan<- time.Time) {
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.box.Edge()+"/api/version", nil)
		if err != nil {
			return
		}
		req.Host = env + ".sunday.localhost"
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return
		}
		io.Copy(io.Discard, resp.Body) //nolint:errcheck // only the header counts
		resp.Body.Close()
		if resp.Header.Get("X-Sunday-Release") != version {
			seen <- time.Now()
			return
		}
	}
}

func (s *stage) memory(ctx context.Context) error {
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	server, err := resident(ctx, s.box.ServerPID())
	if err != nil {
		return err
	}
	agent, err := resident(ctx, s.box.AgentPID(ctx))
	if err != nil {
		return err
	}
	fmt.Printf("memory    server %.0f MB, agent %.0f MB resident at rest\n", server, agent)
	return nil
}

func resident(ctx context.Context, pid int) (megabytes float64, err error) {
	p, err := process.NewProcessWithContext(ctx, int32(pid)) //nolint:gosec // a pid
	if err != nil {
		return 0, err
	}
	m, err := p.MemoryInfoWithContext(ctx)
	if err != nil {
		return 0, err
	}
	return float64(m.RSS) / 1e6, nil
}

// underLoad deploys n times with each strategy, and counts what users lost.
func (s *stage) underLoad(ctx context.Context, name string, n int, kill bool) error {
	for _, env := range []string{"development", "staging", "preview", "production"} {
		if err := s.serve(ctx, env); err != nil {
			return err
		}
		run := load.Start(ctx, s.target(env), load.Options{Rate: s.o.rate})
		killing, stop := context.WithCancel(ctx)
		var killer sync.WaitGroup
		kills := 0
		var killed error
		if kill {
			killer.Go(func() { kills, killed = s.killAgainAndAgain(killing) })
		}
		var last lockstep.Deployment
		for range n {
			var err error
			if last, err = s.deploy(ctx, env); err != nil {
				stop()
				killer.Wait()
				run.Stop()
				return err
			}
		}
		stop()
		killer.Wait()
		report := run.Stop()
		if killed != nil {
			return killed
		}
		note := ""
		if kill {
			note = fmt.Sprintf(", server killed %d times", kills)
		}
		fmt.Printf("%-9s %d × %s%s: %d requests, %d failed, %d not sent; p99 %s\n",
			name, n, last.Strategy, note, report.Sent, report.Failed, report.Shed, ms(report.P99))
		for _, f := range report.FirstFailures {
			fmt.Println("          ", f)
		}
	}
	return nil
}

// serve makes sure that something runs in an environment before its load
// begins. A second deployment would wait for it: a canary gets no verdict
// without requests.
func (s *stage) serve(ctx context.Context, env string) error {
	status, err := s.c.Status(ctx, env)
	if err != nil || status.Revision != nil {
		return err
	}
	_, err = s.deploy(ctx, env)
	return err
}

func (s *stage) target(env string) load.Target {
	return load.Target{Addr: s.box.Edge(), Host: env + ".sunday.localhost"}
}

func (s *stage) killAgainAndAgain(ctx context.Context) (kills int, err error) {
	for pause(ctx, 3*time.Second) == nil {
		if err := s.box.KillServer(); err != nil {
			return kills, err
		}
		if err := s.box.StartServer(context.WithoutCancel(ctx)); err != nil {
			return kills, err
		}
		kills++
	}
	return kills, nil
}

// control kills an instance with requests in flight: a load that does not
// notice would make every other figure worthless.
func (s *stage) control(ctx context.Context) error {
	run := load.Start(ctx, s.target("production"), load.Options{Rate: s.o.rate})
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	status, err := s.c.Status(ctx, "production")
	if err != nil {
		return err
	}
	for _, svc := range status.Services {
		for _, i := range svc.Instances {
			if i.PID > 0 {
				if err := syscall.Kill(i.PID, syscall.SIGKILL); err != nil {
					return fmt.Errorf("kill %s: %w", strconv.Itoa(i.PID), err)
				}
			}
		}
	}
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	report := run.Stop()
	fmt.Printf("control   instances killed without draining: %d failed\n", report.Failed)
	if report.Failed == 0 {
		fmt.Fprintln(os.Stderr, "the control counted no failure: the other figures say nothing")
		return fmt.Errorf("control: no failure counted")
	}
	return nil
}
