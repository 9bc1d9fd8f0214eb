package edge

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// owner is the ID of the environment that a host leads to.
func owner(e *Edge, host string) string {
	if env := e.table.Load().hosts[host]; env != nil {
		return env.id
	}
	return ""
}

func wantOwner(t *testing.T, e *Edge, host, want string) {
	t.Helper()
	if got := owner(e, host); got != want {
		t.Errorf("%s leads to %q, not %q", host, got, want)
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	r := routing(all("r"))
	r.Domains = []string{"App.Example.com"}
	r.Live = true
	e.SetRouting(envID, r)
	for _, host := range []string{envHost, project + ".localhost", "app.example.com"} {
		wantOwner(t, e, host, envID)
	}
	r.Domains, r.Live = nil, false
	e.SetRouting(envID, r)
	wantOwner(t, e, envHost, envID)
	wantOwner(t, e, project+".localhost", "")
	wantOwner(t, e, "app.example.com", "")

	e.RemoveRouting(envID)
	wantOwner(t, e, envHost, "")
	if len(e.envs)+len(e.claims)+len(e.table.Load().environments) != 0 {
		t.Errorf("something is left of a removed environment: %v %v", e.envs, e.claims)
	}
}

// The live name moves by two calls, the new owner's first.
func TestLiveNameMovesWithoutGap(t *testing.T) {
	t.Parallel()
	const live = project + ".localhost"
	e := New(Options{})
	set := func(id, name string, isLive bool) {
		e.SetRouting(id, lockstep.Routing{Project: project, Environment: name, Live: isLive})
	}
	set("blue", "blue", true)
	set("green", "green", true)
	wantOwner(t, e, live, "green")
	set("blue", "blue", true) // repeating an old claim takes nothing back
	wantOwner(t, e, live, "green")
	set("blue", "blue", false)
	wantOwner(t, e, live, "green")
	set("blue", "blue", true)
	wantOwner(t, e, live, "blue")
	e.RemoveRouting("blue")
	wantOwner(t, e, live, "green")
}

func TestOwnNameCannotBeTaken(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	e.SetRouting("victim", lockstep.Routing{Project: "bank", Environment: "production", Live: true})
	e.SetRouting("thief", lockstep.Routing{
		Project: "x", Environment: "y", Domains: []string{"production.bank.localhost", "bank.localhost"},
	})
	wantOwner(t, e, "production.bank.localhost", "victim")
	wantOwner(t, e, "bank.localhost", "victim")
}

// Epochs decide, in whatever order an edge learns of them.
func TestTheHighestEpochHasTheLiveName(t *testing.T) {
	t.Parallel()
	const live = project + ".localhost"
	for _, order := range [][]int64{{1, 2, 3}, {3, 2, 1}, {2, 3, 1}} {
		e := New(Options{})
		set := func(epoch int64, isLive bool) {
			name := string(rune('a' + epoch))
			e.SetRouting(name, lockstep.Routing{Project: project, Environment: name, Live: isLive, LiveEpoch: epoch})
		}
		for _, epoch := range order {
			set(epoch, true)
		}
		wantOwner(t, e, live, "d")
		set(3, false)
		wantOwner(t, e, live, "c")
		e.SetRouting("b", lockstep.Routing{Project: project, Environment: "b", Live: true, LiveEpoch: 9}) // claimed before, under 1
		wantOwner(t, e, live, "b")
	}
}
