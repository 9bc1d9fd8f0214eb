package edgerouter_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
	"github.com/lockstep-dev/lockstep/internal/traffic/edgerouter"
	"github.com/lockstep-dev/lockstep/internal/traffic/traffictest"
)

func TestMain(m *testing.M) { agenttest.Main(m) }

// TestConformance runs the suite over a real agent, in a process of its own
// that the suite kills.
func TestConformance(t *testing.T) {
	t.Parallel()
	traffictest.Run(t, func(t *testing.T) traffictest.Subject {
		t.Helper()
		a := agenttest.Start(t)
		return traffictest.Subject{
			Router: edgerouter.New(a.Client),
			Serve: func(t *testing.T, call runtime.Call, service string) string {
				t.Helper()
				return serve(t, a, call, service)
			},
			URL: func(t *testing.T, environment string) string {
				t.Helper()
				info, err := a.Info(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				return "http://" + info.Ports[environment]
			},
			Reopen: func(t *testing.T) traffic.Router {
				t.Helper()
				a.Restart(t)
				return edgerouter.New(a.Client)
			},
		}
	})
}

// oldAgent answers as one did that knew no maintenance: what it does not know
// of a routing, it passes by.
func oldAgent(t *testing.T) *wire.Client {
	t.Helper()
	dir := t.TempDir()
	path, err := wire.SocketPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var known struct {
		Routing struct {
			Project     string `json:"project"`
			Environment string `json:"environment"`
		} `json:"routing"`
	}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /v1/routing", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if err := json.NewDecoder(r.Body).Decode(&known); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /v1/routing", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(w).Encode(known.Routing)
	})
	mux.HandleFunc("GET /v1/info", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(wire.Info{Protocol: 1, Version: "0.0.9"})
	})
	s := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	client := wire.NewClient(dir)
	t.Cleanup(func() {
		client.Close()
		_ = s.Close()
		_ = os.Remove(path)
	})
	return client
}

// TestAnOldAgentIsNamed where it would only seem to tell users of maintenance.
func TestAnOldAgentIsNamed(t *testing.T) {
	t.Parallel()
	r := edgerouter.New(oldAgent(t))
	call := runtime.Call{Environment: "e", Fence: 1, Key: "k"}
	routing := lockstep.Routing{Project: "sunday", Environment: "staging"}
	if err := r.Set(t.Context(), call, routing); err != nil {
		t.Fatal(err)
	}
	routing.Maintenance = &lockstep.Maintenance{Message: "new disks"}
	err := r.Set(t.Context(), call, routing)
	if lockstep.CodeOf(err) != lockstep.CodeUnsupported || !lockstep.IsTerminal(err) || !strings.Contains(err.Error(), "0.0.9") || !strings.Contains(err.Error(), "systemctl reload lockstep-agent") {
		t.Errorf("got %v", err)
	}
}

// serve starts a service and waits until it is ready.
func serve(t *testing.T, a *agenttest.Agent, call runtime.Call, service string) string {
	t.Helper()
	groups, err := lockstep.RevisionContent{Services: []lockstep.ServiceSpec{a.Spec(service, agenttest.Serves)}}.Groups()
	if err != nil {
		t.Fatal(err)
	}
	wc := wire.Call{Environment: call.Environment, Fence: call.Fence, Key: call.Key}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err = a.Prepare(ctx, wire.PrepareRequest{Call: wc, Place: wire.Place{Project: "sunday", Environment: "staging"}, Groups: groups})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Client.Start(ctx, wire.StartRequest{Call: wc, Group: groups[0].ID, Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	for {
		instances, err := a.Instances(ctx, call.Environment)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range instances {
			if i.Group == groups[0].ID && i.State == lockstep.InstanceReady {
				return i.Group
			}
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("%s is not ready: %+v", service, instances)
		}
	}
}
