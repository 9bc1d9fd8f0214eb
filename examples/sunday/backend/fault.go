package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

// fault is the way in which a release is bad.
type fault string

const (
	none         fault = "none"
	neverHealthy fault = "never-healthy" // /health answers 503 for ever
	brokenAPI    fault = "broken-api"    // /health is fine, /api/orders answers 500
	slowAPI      fault = "slow-api"      // /health is fine, orders and version take 80 ms longer
	crashes      fault = "crash"         // exits 3 some time after its start
	slowStart    fault = "slow-start"    // listens only some time after its start
)

const faultNames = "none, never-healthy, broken-api, slow-api, crash, slow-start"

func parseFault(name string) (fault, error) {
	switch f := fault(name); f {
	case none, neverHealthy, brokenAPI, slowAPI, crashes, slowStart:
		return f, nil
	}
	return none, fmt.Errorf("--fault %q is not known: use one of %s", name, faultNames)
}

func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	if s.fault == neverHealthy {
		service.Answer(w, http.StatusServiceUnavailable, map[string]string{"status": "failing"})
		return
	}
	service.Answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// unlessBroken stands before the orders: it is what broken-api breaks.
func (s *server) unlessBroken(next http.HandlerFunc) http.HandlerFunc {
	if s.fault != brokenAPI {
		return next
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		service.Answer(w, http.StatusInternalServerError, service.Problem{Error: "orders are broken in this release"})
	}
}

const slowness = 80 * time.Millisecond

// unlessSlow stands before the API: it is what slow-api slows down. Nobody's
// request fails, and users leave all the same.
func (s *server) unlessSlow(next http.HandlerFunc) http.HandlerFunc {
	if s.fault != slowAPI {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(slowness)
		defer timer.Stop()
		select {
		case <-timer.C:
			next(w, r)
		case <-r.Context().Done():
		}
	}
}
