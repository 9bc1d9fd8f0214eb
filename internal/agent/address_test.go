package agent_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

func TestAnEdgeAddressThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	err = agent.Run(t.Context(), agent.Options{Dir: t.TempDir(), EdgeAddr: l.Addr().String()})
	wantCode(t, err, lockstep.CodeUnavailable)
	if err == nil || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("got %v, want the address in it", err)
	}
}

func TestAPortThatIsTakenWhileNoAgentLivesIsTakenBack(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.route(g)
	own := f.own()
	f.Kill(t)
	l, err := net.Listen("tcp", own)
	must(t, err)
	f.Launch(t)
	if again := f.own(); again != own {
		t.Errorf("the address was %s and is %s", own, again)
	}
	f.awaitReady(g.ID, 1)
	must(t, l.Close())
	await(t, "the address to lead there again", func() (bool, string) {
		_, body, err := ask(t, own, "/")
		return err == nil && body == "web", body
	})
}

// The environment's own listener is there as soon as it has a routing, and
// goes with it.
func TestAddressesComeAndGoWithTheEnvironment(t *testing.T) {
	t.Parallel()
	f := newField(t)
	r := lockstep.Routing{Project: "sunday", Environment: "staging"}
	must(t, f.SetRouting(t.Context(), wire.RoutingRequest{Call: f.call(), Routing: r}))
	own := f.own()
	if status, _, err := ask(t, own, "/"); err != nil || status != 503 {
		t.Errorf("before the first deployment: %d, %v; want 503", status, err)
	}
	front := f.Spec("front", agenttest.Serves)
	front.DependsOn = []string{"back"}
	groups := f.prepare(f.Spec("back", agenttest.Serves), front)
	f.start(groups[1].ID, 1)
	in := f.awaitReady(groups[1].ID, 1)[0]
	internal := strings.TrimPrefix(environOf(t, in.Address)["BACK_URL"], "http://")
	if status, _, err := ask(t, internal, "/"); err != nil || status != 503 {
		t.Errorf("before its group runs: %d, %v; want 503", status, err)
	}
	f.stop(groups[0].ID, groups[1].ID)
	must(t, f.SetRouting(t.Context(), wire.RoutingRequest{Call: f.call()}))
	must(t, f.Remove(t.Context(), f.call()))
	for _, addr := range []string{own, internal} {
		await(t, "nothing to listen on "+addr, func() (bool, string) {
			_, _, err := ask(t, addr, "/")
			return err != nil, ""
		})
	}
	for _, dir := range []string{"logs", "scratch"} {
		if _, err := os.Stat(filepath.Join(f.Dir, dir, f.env)); err == nil {
			t.Errorf("%s of the environment are left", dir)
		}
	}
}

func TestALongDirectoryHasAShortSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	path, err := wire.SocketPath(dir)
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(filepath.Dir(path))) })
	if len(path) > 100 || strings.HasPrefix(path, dir) {
		t.Fatalf("socket %s", path)
	}
	a := agenttest.NewIn(t, dir)
	a.Launch(t)
	if _, err := a.Info(t.Context()); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("its directory: %v, %v", info, err)
	}
}

func TestARuntimeDirectoryOfAnotherUserIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	path, err := wire.SocketPath(dir)
	must(t, err)
	must(t, os.MkdirAll(filepath.Dir(filepath.Dir(path)), 0o700))
	must(t, os.Mkdir(filepath.Dir(path), 0o777))
	must(t, os.Chmod(filepath.Dir(path), 0o777))
	t.Cleanup(func() { must(t, os.RemoveAll(filepath.Dir(path))) })
	err = agent.Run(t.Context(), agent.Options{Dir: dir, EdgeAddr: "127.0.0.1:0"})
	wantCode(t, err, lockstep.CodeForbidden)
}
