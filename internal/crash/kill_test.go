package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// killsEach is the number of SIGKILLs on each database.
const killsEach = 100

// TestCrashAtRandom kills the server or the agent at seeded moments while
// releases, good and bad, go into two environments under load.
// LOCKSTEP_SEED repeats a run.
func TestCrashAtRandom(t *testing.T) {
	suiteOnly(t)
	start := seed(t)
	databases(t, func(t *testing.T, url string) {
		f := newField(t, url)
		ctx := t.Context()
		f.deployAll(ctx, 0) // all environments serve before anything dies
		stopLoad := f.load(ctx)

		killing, stopKilling := context.WithCancel(ctx)
		var killer sync.WaitGroup
		killer.Go(func() {
			defer stopKilling()
			f.killAtRandom(ctx, rand.New(rand.NewPCG(start, 1)))
		})
		rounds := 1
		for ; killing.Err() == nil; rounds++ {
			f.deployAll(ctx, rounds)
		}
		killer.Wait()
		f.deployAll(ctx, rounds) // and it still works
		stopLoad()
		t.Logf("%d rounds of deployments over %d kills", rounds, killsEach)
		f.afterwards(ctx)
	})
}

// seed is LOCKSTEP_SEED, or of this moment.
func seed(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("LOCKSTEP_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("repeat with LOCKSTEP_SEED=%d", seed)
	return seed
}

// deployAll sends one release into all environments at once. Every third
// never gets healthy, every fifth has a broken API.
func (f *field) deployAll(ctx context.Context, round int) {
	f.t.Helper()
	d := deployment{version: fmt.Sprintf("1.0.%d", round), build: "good", want: lockstep.StatusCompleted}
	switch {
	case round > 0 && round%3 == 0:
		d.build, d.want = "never-healthy", lockstep.StatusRolledBack
	case round > 0 && round%5 == 0:
		d.build, d.want = "broken-api", lockstep.StatusRolledBack
	}
	ids := map[string]string{}
	for env := range rates {
		d.env = env
		ids[env] = f.request(ctx, d)
	}
	for env, id := range ids {
		d.env = env
		f.end(ctx, d, id)
	}
}

func (f *field) killAtRandom(ctx context.Context, rng *rand.Rand) {
	for range killsEach {
		pause := time.NewTimer(time.Duration(50+rng.IntN(900)) * time.Millisecond)
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		if rng.IntN(10) < 7 {
			f.killServer(ctx)
		} else {
			f.killAgent(ctx)
		}
	}
}

func (f *field) killServer(ctx context.Context) {
	if err := f.box.KillServer(); err != nil {
		f.t.Errorf("kill the server: %v", err)
	}
	if err := f.box.StartServer(ctx); err != nil && ctx.Err() == nil {
		f.t.Errorf("start the server again: %v", err)
	}
}

// killAgent waits until the next agent serves, and excuses failures until then.
func (f *field) killAgent(ctx context.Context) {
	before := f.box.AgentPID(ctx)
	closed := f.excuse()
	if err := f.box.KillAgent(ctx); err != nil {
		f.t.Errorf("kill the agent: %v", err)
	}
	f.retry(ctx, "the agent's return", func() error {
		if pid := f.box.AgentPID(ctx); pid == 0 || pid == before {
			return errNotYet
		}
		return f.edgeAnswers(ctx)
	})
	// What waited for the dead edge may take a moment to notice.
	settle := time.NewTimer(100 * time.Millisecond)
	<-settle.C
	closed()
}

func (f *field) edgeAnswers(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.box.Edge()+"/api/version", nil)
	if err != nil {
		return err
	}
	req.Host = "production.sunday.localhost"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the edge answers %s", resp.Status)
	}
	return nil
}
