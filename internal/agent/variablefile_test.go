package agent_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

const certificate = "-----BEGIN staging hush hush-----\n"

// withFile is a service that gets a value as a file.
func (f *field) withFile() lockstep.ServiceSpec {
	spec := f.Spec("back-end", agenttest.Serves)
	spec.Env["PLAIN"] = "x"
	value := certificate
	spec.SecretEnv = map[string]lockstep.SecretText{"CERTIFICATE": {{Value: &value, Secret: &lockstep.SecretRef{Key: "CERTIFICATE", Version: 1}}}}
	spec.FileEnv = []string{"CERTIFICATE"}
	return spec
}

// fileOf is where a ready instance of the group has it.
func (f *field) fileOf(group string) string {
	f.t.Helper()
	env := environOf(f.t, f.awaitReady(group, 1)[0].Address)
	path := env["CERTIFICATE"]
	text, err := os.ReadFile(path)
	if err != nil || string(text) != certificate || env["PLAIN"] != "x" {
		f.t.Errorf("%s holds %q (%v); PLAIN is %q", path, text, err, env["PLAIN"])
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		f.t.Errorf("anybody may read it: %v, %v", info.Mode(), err)
	}
	return path
}

func (f *field) gone(path, when string) {
	f.t.Helper()
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		f.t.Errorf("%s is still there %s: %v", path, when, err)
	}
}

// A variable of type file is the path of one, which goes with its instance,
// whoever watched that, and which no disk has where this machine has memory.
func TestAnInstanceGetsValuesAsFiles(t *testing.T) {
	t.Parallel()
	f := newField(t)
	group := f.prepare(f.withFile())[0]
	f.start(group.ID, 1)
	path := f.fileOf(group.ID)
	info, err := f.Info(t.Context())
	must(t, err)
	if inMemory := strings.HasPrefix(info.Files, "in memory, below "); inMemory {
		f.noSecret(t, "hush hush")
		root := filepath.Dir(filepath.Dir(filepath.Dir(path)))
		if stat, err := os.Stat(root); err != nil || stat.Mode().Perm() != 0o700 || info.Files != "in memory, below "+root {
			t.Errorf("%s: %v, %v, and it says %q", root, stat.Mode(), err, info.Files)
		}
		defer f.gone(root, "when nothing is in it")
	} else if runtime.GOOS == "linux" && os.Geteuid() == 0 {
		t.Errorf("root has memory, and it says %q", info.Files)
	}
	f.Kill(t)
	f.Launch(t)
	if again := f.fileOf(group.ID); again != path {
		t.Errorf("it is at %s, was at %s", again, path)
	}
	f.stop(group.ID)
	f.gone(path, "when its instance is gone")
}

// While an instance is not running, nobody needs its files; they are there
// again when it is.
func TestFilesOfValuesGoWhenTheirProcessDoes(t *testing.T) {
	t.Parallel()
	f := newField(t)
	group := f.prepare(f.withFile())[0]
	f.start(group.ID, 1)
	path := f.fileOf(group.ID)
	pid := f.instances(group.ID)[0].PID
	must(t, os.WriteFile(path+".more", nil, 0o600))
	must(t, syscall.Kill(pid, syscall.SIGKILL))
	f.awaitInstance(group.ID, "another process", func(i lockstep.Instance) bool { return i.PID != pid && i.PID != 0 && i.Restarts == 1 })
	if again := f.fileOf(group.ID); again != path {
		t.Errorf("it is at %s, was at %s", again, path)
	}
	f.gone(path+".more", "after a restart")
	must(t, f.Shutdown(t.Context(), wire.ShutdownRequest{StopInstances: true}))
	f.gone(filepath.Dir(path), "when everything was stopped")
	<-f.Exited()
	f.Launch(t)
	if again := f.fileOf(group.ID); again != path {
		t.Errorf("it is at %s, was at %s", again, path)
	}
	f.stop(group.ID)
}

// Where there is no memory to have, it is a file that only its user can read,
// and the agent says so.
func TestFilesOfValuesLieOnDiskWhereNothingElseWillDo(t *testing.T) {
	t.Parallel()
	a := agenttest.New(t)
	a.Env = []string{agenttest.EnvMemory + "=" + filepath.Join(a.Dir, "nowhere")}
	a.Launch(t)
	f := onField(t, a)
	group := f.prepare(f.withFile())[0]
	f.start(group.ID, 1)
	path := f.fileOf(group.ID)
	info, err := f.Info(t.Context())
	must(t, err)
	if !strings.HasPrefix(path, filepath.Join(f.Dir, "variables")) || !strings.HasPrefix(info.Files, "on disk, below "+filepath.Join(f.Dir, "variables")+", because ") {
		t.Errorf("at %s, and it says %q", path, info.Files)
	}
	f.stop(group.ID)
	f.noSecret(t, "hush hush")
}

// What somebody else made under that name is not used.
func TestAForeignDirectoryInMemoryIsNotUsed(t *testing.T) {
	t.Parallel()
	a := agenttest.New(t)
	memory := t.TempDir()
	a.Env = []string{agenttest.EnvMemory + "=" + memory}
	a.Launch(t)
	f := onField(t, a)
	group := f.prepare(f.withFile())[0]
	f.start(group.ID, 1)
	path := f.fileOf(group.ID)
	root := filepath.Dir(filepath.Dir(filepath.Dir(path)))
	if !strings.HasPrefix(path, memory) {
		t.Fatalf("it lies at %s and not in %s", path, memory)
	}
	f.stop(group.ID)
	f.gone(root, "when nothing is in it")
	f.Kill(t)
	others := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(others, "their", "things"), 0o700))
	must(t, os.Symlink(others, root))
	f.Launch(t)
	f.start(f.prepare(f.withFile())[0].ID, 1)
	path = f.fileOf(group.ID)
	info, err := f.Info(t.Context())
	must(t, err)
	if !strings.HasPrefix(path, f.Dir) || !strings.Contains(info.Files, root+" is there already") {
		t.Errorf("at %s, and it says %q", path, info.Files)
	}
	f.stop(group.ID)
	if _, err := os.Stat(filepath.Join(root, "their", "things")); err != nil {
		t.Errorf("what somebody has behind it: %v", err)
	}
}

// A job has them, too, until it is over, whoever watches it.
func TestAJobGetsValuesAsFiles(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("counts")
	req.Command = []string{"/bin/sh", "-c", `cat "$KEY" "$CERTIFICATE"; echo "$KEY"`}
	value := "hush\n"
	req.Env = map[string]string{"CERTIFICATE": "-----BEGIN-----\n"}
	req.Secrets = map[string]lockstep.SecretText{"KEY": {{Value: &value, Secret: &lockstep.SecretRef{Key: "KEY", Version: 1}}}}
	req.Files = []string{"CERTIFICATE", "KEY"}
	res, err := f.RunJob(t.Context(), req)
	if err != nil || res.ExitCode != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	path, held := strings.CutPrefix(res.Output, "hush\n-----BEGIN-----\n")
	if path = strings.TrimSpace(path); !held || path == "" {
		t.Fatalf("it wrote %q", res.Output)
	}
	f.gone(filepath.Dir(path), "when its job is over")
}

// What an agent left that died, and that no state knows, is swept away.
func TestStrayFilesOfValuesAreSwept(t *testing.T) {
	t.Parallel()
	a := agenttest.New(t)
	memory := t.TempDir()
	a.Env = []string{agenttest.EnvMemory + "=" + memory}
	a.Launch(t)
	f := onField(t, a)
	group := f.prepare(f.withFile())[0]
	f.start(group.ID, 1)
	path := f.fileOf(group.ID)
	root := filepath.Dir(filepath.Dir(filepath.Dir(path)))
	f.Kill(t)
	for _, stray := range []string{"another/instance", "jobs/launch", filepath.Base(filepath.Dir(filepath.Dir(path))) + "/stranger"} {
		must(t, os.MkdirAll(filepath.Join(root, stray), 0o700))
		must(t, os.WriteFile(filepath.Join(root, stray, "KEY"), []byte("hush hush"), 0o600))
	}
	f.Launch(t)
	if again := f.fileOf(group.ID); again != path {
		t.Errorf("it is at %s, was at %s", again, path)
	}
	found, _ := filepath.Glob(filepath.Join(root, "*", "*", "*")) // a good pattern
	if len(found) != 1 || found[0] != path {
		t.Errorf("there is %v, want %s", found, path)
	}
	f.stop(group.ID)
	f.gone(root, "when nothing is in it")
}
