package edge

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Synthetic requests, bounded whatever is asked for.
const (
	sampleMost     = 100 // to each revision, of one call
	sampleWithin   = time.Second
	samplePatience = 5 * time.Second // then it counts as failed
	sampleAtOnce   = 32
)

// Sample sends so many GETs to each of the revisions, by turns, over about a
// second, as a client would; they are counted as lockstep.SampleProbe, whose
// paths they take one after the other. It returns when all are answered.
// Where some find no place, because the answers take too long, both sides get
// fewer.
func (e *Edge) Sample(ctx context.Context, environment string, revisions, paths []string, requests int) error {
	env, ok := e.table.Load().environments[environment]
	if !ok {
		return lockstep.Errorf(lockstep.CodeNotFound, "environment %s has no routing", environment)
	}
	if len(paths) == 0 || requests <= 0 {
		return lockstep.Invalid("paths", "a sample needs paths and a number of requests")
	}
	for _, path := range paths {
		if !strings.HasPrefix(path, "/") {
			return lockstep.Invalid("paths", "the path %q of a sample does not begin with /", path)
		}
	}
	requests = min(requests, sampleMost)
	tick := time.NewTicker(sampleWithin / time.Duration(requests))
	defer tick.Stop()
	var sent sync.WaitGroup
	defer sent.Wait()
	places := make(chan struct{}, sampleAtOnce)
	for i := range requests {
		for _, revision := range revisions {
			select {
			case places <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			sent.Go(func() {
				defer func() { <-places }()
				e.sampleOne(ctx, env, revision, paths[i%len(paths)])
			})
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (e *Edge) sampleOne(ctx context.Context, env *environment, revision, path string) {
	patience, cancel := context.WithTimeout(ctx, samplePatience)
	defer cancel()
	req, err := ask(patience, env.now.Load().host(), path)
	if err != nil {
		return
	}
	req.Header[probeHeader] = markTrue
	x := &exchange{edge: e, env: env, aim: aim{path: req.URL.Path, revision: revision, kind: lockstep.SampleProbe}}
	defer x.end()
	switch found := x.admit(patience); {
	case found == noInstance || found == gone && ctx.Err() == nil:
		if x.blame != nil {
			x.blame.Add(1)
		}
		return
	case found != seated:
		return
	}
	resp, err := x.RoundTrip(req)
	if err != nil {
		if patience.Err() != nil && ctx.Err() == nil {
			x.answeredWith(http.StatusGatewayTimeout)
		}
		return
	}
	defer resp.Body.Close()
	dropBody(resp)
}
