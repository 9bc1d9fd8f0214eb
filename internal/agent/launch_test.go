package agent_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// environOf asks an instance for its environment.
func environOf(t *testing.T, addr string) map[string]string {
	t.Helper()
	var list []string
	must(t, json.Unmarshal([]byte(get(t, addr, "/env")), &list))
	env := map[string]string{}
	for _, kv := range list {
		k, v, _ := strings.Cut(kv, "=")
		env[k] = v
	}
	return env
}

func TestAnInstanceGetsACleanEnvironment(t *testing.T) {
	t.Parallel()
	f := newField(t)
	back := f.Spec("back-end", agenttest.Serves)
	front := f.Spec("front", agenttest.Serves)
	front.DependsOn = []string{"back-end", "database"}
	front.Env["GREETING"] = "{{project}}/{{environment}} on {{port}}"
	front.Env["TZ"] = "Asia/Tokyo"
	front.Env["PASSWORD"] = "hush hush"
	front.Command = append(front.Command, "--port={{port}}", "--env={{environment}}")
	groups := f.prepare(back, front)
	for _, g := range groups {
		f.start(g.ID, 1)
	}
	f.awaitReady(groups[0].ID, 1)
	in := f.awaitReady(groups[1].ID, 1)[0]
	port := in.Address[strings.LastIndex(in.Address, ":")+1:]
	env := environOf(t, in.Address)

	want := map[string]string{
		"PORT": port, "GREETING": "sunday/staging on " + port, "TZ": "Asia/Tokyo", "PASSWORD": "hush hush",
		"LOCKSTEP_PROJECT": "sunday", "LOCKSTEP_ENVIRONMENT": "staging",
		"LOCKSTEP_SERVICE": "front", "LOCKSTEP_INSTANCE": in.ID, "PATH": os.Getenv("PATH"),
	}
	for k, v := range want {
		if env[k] != v {
			t.Errorf("%s is %q, want %q", k, env[k], v)
		}
	}
	allowed := []string{"HOME", "LANG", "TMPDIR", "LOCKSTEP_LAUNCH", "LOCKSTEP_AGENT", "BACK_END_URL", "AGENTTEST_DIR", "cwd", "uid", "args"}
	for k := range env {
		if _, ok := want[k]; !ok && !slices.Contains(allowed, k) {
			t.Errorf("the instance got %s from somewhere", k)
		}
	}
	if args := env["args"]; !strings.HasSuffix(args, "--port="+port+" --env=staging") || strings.Contains(args, "hush") {
		t.Errorf("arguments: %s", args)
	}
	if entries, err := os.ReadDir(env["cwd"]); err != nil || len(entries) != 0 || !strings.HasPrefix(env["cwd"], f.Dir) {
		t.Errorf("working directory %s: %v, %v; want an empty one of its own", env["cwd"], entries, err)
	}
	url, ok := strings.CutPrefix(env["BACK_END_URL"], "http://")
	if !ok || get(t, url, "/") != "back-end" {
		t.Errorf("BACK_END_URL %q does not lead to back-end", env["BACK_END_URL"])
	}
	f.noSecret(t, "hush hush")
}

// noSecret looks through everything that the agent has written.
func (f *field) noSecret(t *testing.T, secret string) {
	t.Helper()
	must(t, filepath.WalkDir(f.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), secret) {
			t.Errorf("%s holds a secret", path)
		}
		return err
	}))
}

func TestPrepareRefusesWhatCannotRun(t *testing.T) {
	t.Parallel()
	f := newField(t)
	cases := []struct {
		name   string
		change func(*lockstep.ServiceSpec)
		code   lockstep.Code
		says   string
	}{
		{"no command", func(s *lockstep.ServiceSpec) { s.Command = nil }, lockstep.CodeInvalid, "service web has no command"},
		{"image only", func(s *lockstep.ServiceSpec) { s.Command, s.Image = nil, "web:1" }, lockstep.CodeUnsupported, "the process runtime runs commands"},
		{"unknown program", func(s *lockstep.ServiceSpec) { s.Command = []string{"no-such-program"} }, lockstep.CodeInvalid, "no-such-program is not in the agent's PATH"},
		{"file without artifact", func(s *lockstep.ServiceSpec) { s.Command = []string{"./web"} }, lockstep.CodeInvalid, "./web does not exist"},
		{"not executable", func(s *lockstep.ServiceSpec) { s.Command = []string{"/etc/passwd"} }, lockstep.CodeInvalid, "not an executable file"},
		{"health path", func(s *lockstep.ServiceSpec) { s.Health.Path = "health" }, lockstep.CodeInvalid, "does not begin with a slash"},
		{"digest", func(s *lockstep.ServiceSpec) { s.Artifact = "sha256:../../etc" }, lockstep.CodeInvalid, "is not a digest"},
		{"our variable", func(s *lockstep.ServiceSpec) { s.Env["LOCKSTEP_LAUNCH"] = "x" }, lockstep.CodeInvalid, "LOCKSTEP_LAUNCH"},
		{"unknown user", func(s *lockstep.ServiceSpec) { s.User = "no-such-user" }, lockstep.CodeInvalid, `user "no-such-user"`},
	}
	for _, c := range cases {
		spec := f.Spec("web", agenttest.Serves)
		c.change(&spec)
		err := f.Prepare(t.Context(), wire.PrepareRequest{Call: f.call(), Place: f.place(), Groups: groupsOf(t, spec)})
		wantCode(t, err, c.code)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want an error that says %q", c.name, err, c.says)
		}
	}
	bad := groupsOf(t, f.Spec("web", agenttest.Serves))
	bad[0].ID = "../../web"
	wantCode(t, f.Prepare(t.Context(), wire.PrepareRequest{Call: f.call(), Place: f.place(), Groups: bad}), lockstep.CodeInvalid)
	call := f.call()
	call.Environment = "../etc"
	wantCode(t, f.Prepare(t.Context(), wire.PrepareRequest{Call: call, Place: f.place()}), lockstep.CodeInvalid)
	if info, err := f.Info(t.Context()); err != nil || len(info.Ports) != 0 {
		t.Errorf("refused calls reserved ports: %+v, %v", info, err)
	}
}

func TestNothingOfALaunchOutlivesIt(t *testing.T) {
	t.Parallel()
	f := newField(t)
	spec := f.Spec("forks", agenttest.Forks)
	spec.StopGrace = lockstep.Duration(200 * time.Millisecond)
	g := f.run(spec, 1)
	agentAlone := 1
	await(t, "an instance with two children", func() (bool, string) {
		seen := f.Processes()
		return len(seen) == agentAlone+3, strings.Join(seen, "\n")
	})

	// By itself: what it left is gone before it is started again.
	in := f.instances(g.ID)[0]
	if _, _, err := ask(t, in.Address, "/die/5"); err == nil {
		t.Error("the instance answered while it died")
	}
	f.awaitInstance(g.ID, "a restart", func(i lockstep.Instance) bool { return i.Restarts == 1 && i.State == lockstep.InstanceReady })
	await(t, "only the new instance and its children", func() (bool, string) {
		seen := f.Processes()
		return len(seen) == agentAlone+3, strings.Join(seen, "\n")
	})

	// On request. The children ignore SIGTERM, so the grace passes.
	f.stop(g.ID)
	if seen := f.Processes(); len(seen) != agentAlone {
		t.Errorf("left after stop:\n%s", strings.Join(seen, "\n"))
	}
	f.noZombies(t)
}

// noZombies checks that the agent collects its children.
func (f *field) noZombies(t *testing.T) {
	t.Helper()
	info, err := f.Info(t.Context())
	must(t, err)
	await(t, "the end of zombies", func() (bool, string) {
		var zombies []string
		stats, _ := filepath.Glob("/proc/[0-9]*/stat")
		for _, path := range stats {
			text, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			fields := strings.Fields(string(text[strings.LastIndex(string(text), ")")+1:]))
			if fields[0] == "Z" && fields[1] == itoa(info.PID) {
				zombies = append(zombies, string(text))
			}
		}
		return len(zombies) == 0, strings.Join(zombies, "")
	})
}
