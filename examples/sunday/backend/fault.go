package main

import (
	"fmt"
	"net/http"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

// fault is the way in which a release is bad.
type fault string

const (
	none         fault = "none"
	neverHealthy fault = "never-healthy" // /health answers 503 for ever
	brokenAPI    fault = "broken-api"    // /health is fine, /api/orders answers 500
	crashes      fault = "crash"         // exits 3 some time after its start
	slowStart    fault = "slow-start"    // listens only some time after its start
)

const faultNames = "none, never-healthy, broken-api, crash, slow-start"

func parseFault(name string) (fault, error) {
	switch f := fault(name); f {
	case none, neverHealthy, brokenAPI, crashes, slowStart:
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
