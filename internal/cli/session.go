package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// Files that a server keeps in its data directory for the local command line.
const (
	AddressFile = "server.json" // Address
	TokenFile   = "token"       // the administrator's token, mode 0600
)

// Address is the content of AddressFile.
type Address struct {
	Server string `json:"server"` // http://127.0.0.1:7420
	PID    int    `json:"pid"`
}

// DefaultDataDir is where a server without --data keeps its state: the
// user's state directory.
func DefaultDataDir(getenv func(string) string) string {
	if dir := getenv("LOCKSTEP_DATA"); dir != "" {
		return dir
	}
	if dir := getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "lockstep")
	}
	home := getenv("HOME")
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "lockstep")
	}
	return filepath.Join(home, ".local", "state", "lockstep")
}

func (a *app) dataDir() string {
	switch {
	case a.flags.data != "":
		return a.flags.data
	case a.DataDir != "":
		return a.DataDir
	default:
		return DefaultDataDir(a.Getenv)
	}
}

// client finds the server and the token: flags, then the environment, then
// what a local server wrote into its data directory. A token on the command
// line would stand in the process list, so there is no flag for it.
func (a *app) client() (*client.Client, error) {
	server := first(a.flags.server, a.Getenv("LOCKSTEP_SERVER"))
	token := a.Getenv("LOCKSTEP_TOKEN")
	dir := a.dataDir()
	if server == "" {
		raw, err := os.ReadFile(filepath.Join(dir, AddressFile))
		if err != nil {
			return nil, lockstep.Errorf(lockstep.CodeUnavailable, "no server is known: start one with `lockstep server`, or name yours with --server or LOCKSTEP_SERVER")
		}
		var at Address
		if err := json.Unmarshal(raw, &at); err != nil {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "%s does not hold a server's address: start the server again, or name it with --server", filepath.Join(dir, AddressFile))
		}
		server = at.Server
	}
	if token == "" {
		raw, err := os.ReadFile(filepath.Join(dir, TokenFile))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, lockstep.Errorf(lockstep.CodeUnauthenticated, "no token: set LOCKSTEP_TOKEN, or run on the server's machine as its user")
		case err != nil:
			return nil, lockstep.Errorf(lockstep.CodeUnauthenticated, "the token of the local server cannot be read: set LOCKSTEP_TOKEN, or run as the server's user: %w", err)
		}
		token = strings.TrimSpace(string(raw))
	}
	return client.New(client.Options{
		Server:  server,
		Token:   token,
		Project: first(a.flags.project, a.Getenv("LOCKSTEP_PROJECT")),
	})
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
