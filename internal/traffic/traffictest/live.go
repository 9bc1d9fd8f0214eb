package traffictest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// moving is a rule for routers that have the optional ability.
func moving(rule func(*testing.T, *world)) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		if _, ok := w.Router.(traffic.LiveRouter); !ok {
			t.Log("this router moves no live address")
			return
		}
		rule(t, w)
	}
}

func (w *world) liveRouter(t *testing.T) traffic.LiveRouter {
	t.Helper()
	lives, ok := w.Router.(traffic.LiveRouter)
	if !ok {
		t.Fatal("the next router over the same state lost an ability")
	}
	return lives
}

func wantFenced(t *testing.T, err error, doing string) {
	t.Helper()
	if lockstep.CodeOf(err) != lockstep.CodeFenced {
		t.Errorf("%s: got error %v, want one with code fenced", doing, err)
	}
}

// beside is another environment of the same project.
func (w *world) beside() *world {
	other := *w
	other.env = uuid.NewString()
	return &other
}

func live(name string, epoch int64) lockstep.Routing {
	r := routing(revision(name, "backend", "backend-000000000001"))
	r.Environment, r.Live, r.LiveEpoch = name, true, epoch
	return r
}

// wantLive checks where a host leads to.
func (w *world) wantLive(t *testing.T, host, environment string) {
	t.Helper()
	got, err := w.liveRouter(t).ProbeHost(t.Context(), host, "sunday.localhost", "one", "/")
	must(t, err, "probe "+host)
	if got.Environment != environment {
		t.Errorf("%s leads to %q (%s), want %q", host, got.Environment, got.Err, environment)
	}
}

func (w *world) wantEpoch(t *testing.T, want int64) {
	t.Helper()
	got, err := w.liveRouter(t).LiveEpoch(t.Context(), "sunday")
	must(t, err, "read epoch")
	if got != want {
		t.Errorf("epoch %d, want %d", got, want)
	}
}

func theHighestEpochHasTheLiveAddress(t *testing.T, w *world) {
	w.wantEpoch(t, 0)
	w.wantLive(t, "sunday.localhost", "")
	green := w.beside()
	w.set(t, live("blue", 3))
	w.wantLive(t, "sunday.localhost", w.env)
	green.set(t, live("green", 4))
	w.wantLive(t, "sunday.localhost", green.env)
	w.set(t, live("blue", 3)) // says nothing new
	w.wantLive(t, "sunday.localhost", green.env)
	w.set(t, live("blue", 5)) // back, by a claim that stands already
	w.wantLive(t, "sunday.localhost", w.env)
	w.set(t, routing())
	w.wantLive(t, "sunday.localhost", green.env)
	w.wantEpoch(t, 5)
}

func olderEpochsAreRefused(t *testing.T, w *world) {
	green := w.beside()
	w.set(t, live("blue", 3))
	green.set(t, live("green", 4))
	refused := func(who *world, r lockstep.Routing, doing string) {
		t.Helper()
		before, err := w.Router.Get(t.Context(), who.env)
		must(t, err, "get routing")
		r.Domains = []string{"other.example.com"} // so that it is a change
		wantFenced(t, w.Router.Set(t.Context(), who.call(), r), doing)
		who.Router = w.Router
		who.wantRouting(t, before)
	}
	refused(w, live("blue", 3), "an older epoch")
	refused(w, live("blue", 0), "no epoch")
	refused(w, live("blue", 4), "the epoch of another environment")
	green.set(t, lockstep.Routing{})
	refused(w, live("blue", 4), "the epoch of one that is gone")
	if w.Reopen != nil {
		w.Router = w.Reopen(t)
		refused(w, live("blue", 4), "an older epoch after a death")
	}
	w.set(t, live("blue", 5))
	w.wantLive(t, "sunday.localhost", w.env)
}

// Of many who move the address from the same state one is let in.
func ofManyMovesAtOnceOneIsMade(t *testing.T, w *world) {
	var all []*world
	for range 8 {
		all = append(all, w.beside())
	}
	errs := make([]error, len(all))
	var moving sync.WaitGroup
	for i, one := range all {
		moving.Go(func() {
			errs[i] = w.Router.Set(context.WithoutCancel(t.Context()), one.call(), live(fmt.Sprintf("env-%d", i), 7))
		})
	}
	moving.Wait()
	winner := ""
	for i, err := range errs {
		switch {
		case err == nil && winner != "":
			t.Error("two were let in under one epoch")
		case err == nil:
			winner = all[i].env
		default:
			wantFenced(t, err, "the loser of a race")
		}
	}
	w.wantLive(t, "sunday.localhost", winner)
}

func deathKeepsTheLiveAddress(t *testing.T, w *world) {
	if w.Reopen == nil {
		t.Log("nothing here can die apart from the tests")
		return
	}
	var last *world
	for epoch := range int64(6) { // their order in a map is chance
		last = w.beside()
		last.set(t, live(fmt.Sprintf("env-%d", epoch), epoch+1))
	}
	w.Router = w.Reopen(t)
	w.wantLive(t, "sunday.localhost", last.env)
	w.wantEpoch(t, 6)
}

func aDrillMovesNobody(t *testing.T, w *world) {
	green := w.beside()
	w.set(t, live("blue", 1))
	r := routing(revision("one", "backend", "backend-000000000001"))
	r.Environment, r.Drill = "green", true
	green.set(t, r)
	w.wantLive(t, lockstep.DrillHost("sunday"), green.env)
	w.wantLive(t, "sunday.localhost", w.env)
	r.Drill = false
	green.set(t, r)
	w.wantLive(t, lockstep.DrillHost("sunday"), "")
	w.wantEpoch(t, 1)
}

// The app is told the host that the probe is for, whatever led there.
func aProbeOfAHostIsAnswered(t *testing.T, w *world) {
	lives := w.liveRouter(t)
	rev := w.serve(t, "one")
	r := routing(rev)
	r.Live, r.LiveEpoch = true, 1
	w.set(t, r)
	await(t, "an answer", func() (bool, string) {
		got, err := lives.ProbeHost(t.Context(), "sunday.localhost", "sunday.localhost", "one", "/status/204")
		must(t, err, "probe")
		return got.Environment == w.env && got.Status == 204 && got.Service == "one" && got.Err == "", fmt.Sprintf("%+v", got)
	})
	got, err := lives.ProbeHost(t.Context(), "sunday.localhost", "sunday.localhost", "two", "/")
	must(t, err, "probe")
	if got.Err == "" || got.Environment != w.env {
		t.Errorf("a revision that is not there answers %+v", got)
	}
}
