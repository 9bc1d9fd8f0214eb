package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/cli"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// prepareDataDir makes the server's directory, for its user alone.
func prepareDataDir(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", lockstep.Errorf(lockstep.CodeInvalid, "the data directory cannot be made: %w\nName another with --data", err)
	}
	return dir, nil
}

// once returns what a file in dir holds, and on the first start writes what
// make says into it, readable by the server's user alone.
func once(dir, name string, create func() (string, error)) (string, error) {
	path := filepath.Join(dir, name)
	raw, err := os.ReadFile(path)
	if err == nil && len(strings.TrimSpace(string(raw))) > 0 {
		return strings.TrimSpace(string(raw)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	value, err := create()
	if err != nil {
		return "", err
	}
	return value, replaceFile(path, []byte(value+"\n"))
}

// administrator is the name of the token in the data directory.
const administrator = "admin"

// administratorToken is made on the first start; the local command line reads it.
func administratorToken(dir string) (string, error) {
	return once(dir, cli.TokenFile, func() (string, error) { return control.NewToken(), nil })
}

// hostID names this machine's data directory to a shared database.
func hostID(dir string) (string, error) {
	return once(dir, "host-id", func() (string, error) { return uuid.NewString(), nil })
}

// announce tells the local command line where the server listens.
func announce(dir, address string) error {
	raw, err := json.Marshal(cli.Address{Server: address, PID: os.Getpid()})
	if err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	return replaceFile(filepath.Join(dir, cli.AddressFile), raw)
}

// replaceFile leaves either the old content or the new, never half of it.
func replaceFile(path string, content []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(tmp.Name()))
	}
	return nil
}
