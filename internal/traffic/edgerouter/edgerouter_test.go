package edgerouter_test

import (
	"context"
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
