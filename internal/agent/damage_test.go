package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// A state that cannot be read stops the agent and nothing else; put back, it
// is as if nothing had been.
func TestADamagedStateIsNeitherGuessedNorLost(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	before := f.instances(g.ID)[0]
	f.Kill(t)
	path := filepath.Join(f.Dir, "state")
	good, err := os.ReadFile(path)
	must(t, err)
	if strings.Contains(string(good), "web") {
		t.Error("the state can be read by anyone who has the file")
	}
	flipped := append([]byte{}, good...)
	flipped[len(flipped)/2] ^= 1
	for name, content := range map[string][]byte{"flipped": flipped, "cut": good[:len(good)/2], "empty": {}, "other": []byte("{}")} {
		must(t, os.WriteFile(path, content, 0o600))
		err := runHere(t, f, "test")
		wantCode(t, err, lockstep.CodeFailed)
		if err == nil || !strings.Contains(err.Error(), path+" cannot be used") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, kept, _ := strings.Cut(err.Error(), "a copy is kept as ")
		if copied, err := os.ReadFile(strings.TrimSuffix(kept, ")")); err != nil || string(copied) != string(content) {
			t.Errorf("%s: copy %q: %v", name, kept, err)
		}
	}
	key := filepath.Join(f.Dir, "key")
	secret, err := os.ReadFile(key)
	must(t, err)
	must(t, os.Rename(key, key+".lost"))
	if err := runHere(t, f, "test"); lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), key+" is missing") {
		t.Errorf("without the key: %v", err)
	}
	if get(t, before.Address, "/") != "web" {
		t.Error("the instance ended")
	}

	must(t, os.WriteFile(path, good, 0o600))
	must(t, os.WriteFile(key, secret, 0o600))
	f.Launch(t)
	if after := f.awaitReady(g.ID, 1)[0]; after.PID != before.PID {
		t.Errorf("%+v\nbecame\n%+v", before, after)
	}

	// Moved away, as the message says: nothing is known, and nothing is left running.
	f.Kill(t)
	must(t, os.Remove(path))
	f.Launch(t)
	await(t, "the end of what nobody knows", func() (bool, string) {
		seen := f.Processes()
		return len(seen) == 1, strings.Join(seen, "\n")
	})
	f.run(f.Spec("web", agenttest.Serves), 1)
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	f := newField(t)
	f.run(f.Spec("web", agenttest.Serves), 1)
	_, err := f.RunJob(t.Context(), f.job("succeeds"))
	must(t, err)
	for path, want := range map[string]os.FileMode{
		"": 0o700, "agent.sock": 0o600, "key": 0o600, "state": 0o600, "journal.jsonl": 0o600,
		"logs": 0o700, "jobs": 0o700, "scratch": 0o700, "incoming": 0o700,
	} {
		info, err := os.Stat(filepath.Join(f.Dir, path))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q has mode %v, want %v (%v)", path, info.Mode().Perm(), want, err)
		}
	}
}

func TestRequestsHaveBounds(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.prepare(f.Spec("web", agenttest.Serves))[0]
	wantCode(t, f.Client.Start(t.Context(), wire.StartRequest{Call: f.call(), Group: g.ID, Replicas: 100_000}), lockstep.CodeInvalid)
	wantCode(t, f.Client.Start(t.Context(), wire.StartRequest{Call: f.call(), Group: g.ID, Replicas: -1}), lockstep.CodeInvalid)
	huge := f.Spec("huge", agenttest.Serves)
	huge.Env["HUGE"] = strings.Repeat("x", 9<<20)
	wantCode(t, f.Prepare(t.Context(), wire.PrepareRequest{Call: f.call(), Place: f.place(), Groups: groupsOf(t, huge)}), lockstep.CodeTooLarge)
	call := f.call()
	call.Key = ""
	wantCode(t, f.Client.Start(t.Context(), wire.StartRequest{Call: call, Group: g.ID, Replicas: 1}), lockstep.CodeInvalid)
	_, err := f.Tail(t.Context(), f.env, "../../state", 10)
	wantCode(t, err, lockstep.CodeNotFound)
	_, err = f.Tail(t.Context(), "../logs", g.ID+"-0", 10)
	wantCode(t, err, lockstep.CodeNotFound)
	if got := f.instances(g.ID); len(got) != 0 {
		t.Errorf("refused calls left %+v", got)
	}
}

func TestADirectoryThatOthersCanReadIsClosed(t *testing.T) {
	t.Parallel()
	a := agenttest.New(t)
	must(t, os.Chmod(a.Dir, 0o755))
	a.Launch(t)
	if info, err := os.Stat(a.Dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v (%v)", info.Mode().Perm(), err)
	}
}
