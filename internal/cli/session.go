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
// line would stand in the process list, so there is no flag for it, and the
// local server's token is sent to the local server alone.
func (a *app) client() (*client.Client, error) {
	dir := a.dataDir()
	local, err := localAddress(dir)
	if err != nil {
		return nil, err
	}
	server := first(a.flags.server, a.Getenv("LOCKSTEP_SERVER"), local)
	if server == "" {
		return nil, lockstep.Errorf(lockstep.CodeUnavailable, "no server is known: start one with `lockstep server`, or name yours with --server or LOCKSTEP_SERVER")
	}
	token := a.Getenv("LOCKSTEP_TOKEN")
	if token == "" && strings.TrimSuffix(server, "/") == local {
		if token, err = localToken(dir); err != nil {
			return nil, err
		}
	}
	c, err := client.New(client.Options{
		Server:  server,
		Token:   token,
		Project: first(a.flags.project, a.Getenv("LOCKSTEP_PROJECT")),
	})
	if err == nil && token == "" {
		err = lockstep.Errorf(lockstep.CodeUnauthenticated, "no token for %s: set LOCKSTEP_TOKEN", server)
	}
	return c, err
}

// localAddress is where the server of a data directory listens; "" where
// none has told.
func localAddress(dir string) (string, error) {
	file := filepath.Join(dir, AddressFile)
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	var at Address
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil {
		return "", lockstep.Errorf(lockstep.CodeInvalid, "%s does not tell where the server is (%w): start the server again, or name another directory with --data", file, err)
	}
	return at.Server, nil
}

func localToken(dir string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, TokenFile))
	if err != nil {
		return "", lockstep.Errorf(lockstep.CodeUnauthenticated, "the token of the local server cannot be read (%w): set LOCKSTEP_TOKEN, or run as the server's user", err)
	}
	return strings.TrimSpace(string(raw)), nil
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
