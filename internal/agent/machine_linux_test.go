package agent_test

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/suite"
)

// asRoot is what tests need that mount, or become another user.
var asRoot = suite.Requirement{
	Name:    "root",
	Install: "run the tests as root, in a container",
	Find: func() (string, error) {
		if os.Geteuid() != 0 {
			return "", errors.New("not root")
		}
		return "", nil
	},
}

// small puts a file system of so many bytes under a directory.
func small(t *testing.T, dir string, bytes int) {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=700", bytes)); err != nil {
		suite.Need(t, suite.Requirement{
			Name: "the right to mount a tmpfs", Install: "run the tests as root, in a container with CAP_SYS_ADMIN",
			Find: func() (string, error) { return "", err },
		})
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

func TestAFullDiskRefusesEffectsAndServesOn(t *testing.T) {
	t.Parallel()
	suite.Need(t, asRoot)
	dir, err := os.MkdirTemp("", "small") //nolint:usetesting // short enough for a socket
	must(t, err)
	t.Cleanup(func() { must(t, os.Remove(dir)) })
	small(t, dir, 4<<20)
	a := agenttest.NewIn(t, filepath.Join(dir, "a"))
	a.Launch(t)
	f := onField(t, a)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.route(g)
	other := f.prepare(f.Spec("other", agenttest.Serves))[0]

	filling := filepath.Join(dir, "filling")
	fill(t, filling)
	refused := func(doing string, err error) {
		t.Helper()
		var coded *lockstep.Error
		if !errors.As(err, &coded) || coded.Code != lockstep.CodeUnavailable || !strings.Contains(err.Error(), "make room") {
			t.Errorf("%s on a full disk: %v", doing, err)
		}
	}
	start := f.call()
	refused("start", f.Client.Start(t.Context(), wire.StartRequest{Call: start, Group: other.ID, Replicas: 2}))
	refused("routing", f.SetRouting(t.Context(), wire.RoutingRequest{Call: f.call(), Routing: routingTo("two", other)}))
	refused("stop", f.Stop(t.Context(), wire.StopRequest{Call: f.call(), Groups: []string{g.ID}}))
	refused("prepare", f.Prepare(t.Context(), wire.PrepareRequest{Call: f.call(), Place: f.place(), Groups: groupsOf(t, f.Spec("third", agenttest.Serves))}))
	if got := f.running(); len(got) != 1 {
		t.Errorf("processes of %v, want what ran before", got)
	}
	if got := get(t, f.own(), "/"); got != "web" {
		t.Errorf("requests go to %q, want the routing before", got)
	}

	must(t, os.Remove(filling))
	must(t, f.Client.Start(t.Context(), wire.StartRequest{Call: start, Group: other.ID, Replicas: 2}))
	f.awaitReady(other.ID, 2)
	if starts := f.Starts(t, f.env); starts[other.ID+"-0"] != 1 {
		t.Errorf("starts %v", starts)
	}
	f.Restart(t)
	f.awaitReady(g.ID, 1)
	f.awaitReady(other.ID, 2)
}

// fill leaves no byte free.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	must(t, err)
	defer file.Close() //nolint:errcheck // what fits is written
	for size := 64 << 10; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}

func TestStrangersMayNotSpeakToTheAgent(t *testing.T) {
	t.Parallel()
	suite.Need(t, asRoot)
	f := newField(t)
	must(t, os.Chmod(f.Dir, 0o711))
	must(t, os.Chmod(filepath.Join(f.Dir, "agent.sock"), 0o666)) // as if the file's mode did not hold
	refused := make(chan error, 1)
	go func() {
		// This thread becomes another user and dies as such.
		runtime.LockOSThread()
		_, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, 65534, 65534, 65534)
		if errno != 0 {
			refused <- nil
			return
		}
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			refused <- nil
			return
		}
		defer unix.Close(fd) //nolint:errcheck // only a socket
		if err := unix.Connect(fd, &unix.SockaddrUnix{Name: filepath.Join(f.Dir, "agent.sock")}); err != nil {
			refused <- fmt.Errorf("connect: %w", err)
			return
		}
		_, _ = unix.Write(fd, []byte("GET /v1/info HTTP/1.1\r\nHost: agent\r\n\r\n"))
		n, err := unix.Read(fd, make([]byte, 100))
		if err == nil && n > 0 {
			refused <- nil
			return
		}
		refused <- fmt.Errorf("read: %d bytes, %w", n, errors.Join(err, os.ErrClosed))
	}()
	if err := <-refused; !errors.Is(err, os.ErrClosed) {
		t.Errorf("a stranger was not turned away at the door: %v", err)
	}
	if _, err := f.Info(t.Context()); err != nil {
		t.Errorf("and then nobody was served: %v", err)
	}
	await(t, "the log of it", func() (bool, string) { return strings.Contains(f.Log(), "belongs to user 65534"), f.Log() })
}

func TestAServiceRunsAsItsUser(t *testing.T) {
	t.Parallel()
	suite.Need(t, asRoot)
	nobody, err := user.Lookup("nobody")
	must(t, err)
	f := newField(t)
	// The test's own program lies where only root may look.
	exe, err := os.Executable()
	must(t, err)
	shared, err := os.MkdirTemp("", "shared") //nolint:usetesting // where another user may look
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(shared)) })
	must(t, os.Chmod(shared, 0o755))
	program, err := os.ReadFile(exe)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(shared, "app"), program, 0o755))

	spec := f.Spec("web", agenttest.Serves)
	spec.User, spec.Command[0] = "nobody", filepath.Join(shared, "app")
	g := f.run(spec, 1)
	env := environOf(t, f.instances(g.ID)[0].Address)
	if env["uid"] != nobody.Uid || env["HOME"] != nobody.HomeDir || !strings.HasPrefix(env["cwd"], f.Dir) {
		t.Errorf("uid %s, home %s, directory %s", env["uid"], env["HOME"], env["cwd"])
	}
	info, err := os.Stat(env["cwd"])
	must(t, err)
	if st := info.Sys().(*syscall.Stat_t); fmt.Sprint(st.Uid) != nobody.Uid {
		t.Errorf("its directory belongs to %d", st.Uid)
	}
	for _, path := range []string{"key", "state", "journal.jsonl", "logs", "agent.sock"} {
		if info, err := os.Stat(filepath.Join(f.Dir, path)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
	}
	spec.Artifact, _ = f.put(t)
	spec.Name, spec.Command = "packed", []string{"./bin/web"}
	tree := f.prepare(spec)[0]
	f.start(tree.ID, 1)
	// The script in it leads to where only root may look, so it cannot serve;
	// that it could be run shows in how it ends.
	f.awaitInstance(tree.ID, "an exit of the script", func(i lockstep.Instance) bool { return strings.HasPrefix(i.Reason, "exited with status 126") })
}

func TestAJobRunsAsItsUser(t *testing.T) {
	t.Parallel()
	suite.Need(t, asRoot)
	nobody, err := user.Lookup("nobody")
	must(t, err)
	f := newField(t)
	req := f.job("succeeds")
	req.Command, req.User = []string{"sh", "-c", `id -u; echo "$HOME"; touch here && ls; ls ..`}, "nobody"
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	if res.ExitCode == 0 || !strings.HasPrefix(res.Output, nobody.Uid+"\n"+nobody.HomeDir+"\nhere\n") {
		t.Errorf("it sees more than its own, or less: %+v", res)
	}
	req = f.job("succeeds")
	req.User = "no-such-user"
	_, err = f.RunJob(t.Context(), req)
	wantCode(t, err, lockstep.CodeInvalid)
	if entries, err := os.ReadDir(filepath.Join(f.Dir, "jobs")); err != nil || len(entries) != 1 {
		t.Errorf("files of a job that never began are left: %v, %v", entries, err)
	}
}

func TestAFloodOfOutputStaysInBounds(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Floods), 1)
	logs := filepath.Join(f.Dir, "logs", f.env)
	f.awaitInstance(g.ID, "four rotations", func(lockstep.Instance) bool {
		_, err := os.Stat(filepath.Join(logs, g.ID+"-0.log.3"))
		return err == nil
	})
	for range 20 {
		<-time.After(50 * time.Millisecond)
		var used int64
		files, err := os.ReadDir(logs)
		must(t, err)
		for _, file := range files {
			if info, err := file.Info(); err == nil { // it may just be replaced
				used += info.Size()
			}
		}
		// Three copies, and what is written between two looks.
		if used > 2<<30 {
			t.Errorf("the logs take %d MiB", used>>20)
		}
	}
	if state := f.instances(g.ID)[0]; state.State != lockstep.InstanceReady || state.Restarts != 0 {
		t.Errorf("%+v", state)
	}
	lines, err := f.Tail(t.Context(), f.env, g.ID+"-0", 5)
	if err != nil || len(lines) != 5 || !strings.Contains(lines[0], "all work and no play") {
		t.Errorf("tail: %q, %v", lines, err)
	}
	f.stop(g.ID)
	for _, suffix := range []string{".1", ".2", ".3"} {
		info, err := os.Stat(filepath.Join(logs, g.ID+"-0.log"+suffix))
		if err != nil || info.Size() > 10<<20 {
			t.Errorf("copy %s: %v, %v", suffix, info, err)
		}
	}
}
