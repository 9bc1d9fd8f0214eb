package postgres

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

//go:embed server.sh
var script string

// settings trade all safety of the data for speed; nobody needs them after the test.
const settings = `# Settings of a server for tests.
listen_addresses = ''
unix_socket_directories = '%s'
max_connections = 200
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
timezone = 'UTC'
`

// A server is a running PostgreSQL server.
type server struct {
	dir string // holds the socket and the data
	// lifeline keeps the server alive: it ends when this end of the pipe is closed, which the kernel does when
	// this process ends. It is kept here so that the garbage collector does not close it earlier.
	lifeline io.WriteCloser
	gone     chan struct{} // closed when the server has ended and its folder is removed
}

// start starts a server with the programs in the folder bin and waits until it takes connections.
func start(bin string) (*server, error) {
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	dir, err := newFolder(owner)
	if err != nil {
		return nil, err
	}
	return startIn(dir, owner, bin)
}

// startIn starts a server in a folder that newFolder made. The folder goes with the server, also where it does not
// start.
func startIn(dir string, owner *user, bin string) (*server, error) {
	cmd := exec.Command("sh", "-c", script, "server.sh", bin, dir) //nolint:noctx // lives as long as this process, which the pipe tells it
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = owner.attributes()
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	output := bufio.NewReader(said)
	if line, err := output.ReadString('\n'); err != nil || line != "ready\n" {
		rest, _ := io.ReadAll(output) // what could be read says more than why the rest could not
		return nil, fmt.Errorf("start PostgreSQL from %s: %w\n%s%s", bin, cmd.Wait(), line, rest)
	}
	s := &server{dir: dir, lifeline: lifeline, gone: make(chan struct{})}
	go func() {
		defer close(s.gone)
		_, _ = io.Copy(io.Discard, output)
		_ = cmd.Wait()
	}()
	return s, nil
}

// stop ends the server and waits until nothing is left of it.
func (s *server) stop() error {
	err := s.lifeline.Close()
	<-s.gone
	return err
}

// url is where the database of that name is.
func (s *server) url(database string) string {
	return fmt.Sprintf("postgres://lockstep@/%s?host=%s", database, s.dir)
}

// newFolder makes a private folder for the server and its socket, whose path has to be shorter than 104 bytes.
func newFolder(owner *user) (string, error) {
	parent := os.TempDir()
	if owner != nil || len(parent) > 60 {
		parent = "/tmp" // the folder in TMPDIR may be closed to other users
	}
	dir, err := os.MkdirTemp(parent, "lockstep-postgres-")
	if err != nil {
		return "", fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	err = os.WriteFile(filepath.Join(dir, "settings"), fmt.Appendf(nil, settings, dir), 0o644)
	if err == nil {
		err = owner.own(dir)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("make a folder for PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	return dir, nil
}

// shared is the one server of this test binary.
var shared struct {
	once   sync.Once
	server *server
	err    error
}

func sharedServer(bin string) (*server, error) {
	shared.once.Do(func() { shared.server, shared.err = start(bin) })
	return shared.server, shared.err
}
