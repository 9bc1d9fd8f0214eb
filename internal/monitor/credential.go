package monitor

import (
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// mostPassword bounds what is read of a file of credentials.
const mostPassword = 64 << 10

// password reads a file in a project's folder of credentials, each time anew,
// so that one that is replaced counts from the next probe on. The name comes
// from a matrix: links and dots lead nowhere outside the folder, and another
// project's passwords are not there.
func (p *prober) password(project, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	root, err := os.OpenRoot(filepath.Join(p.credentials, project))
	if err != nil {
		return "", refused("the folder credentials/%s of the server's data directory cannot be read", project)
	}
	defer func() { _ = root.Close() }()
	shown := path.Join(project, name)
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe must not block
	if err != nil {
		return "", refused("credentials/%s of the server's data directory cannot be read", shown)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		return "", refused("credentials/%s of the server's data directory is no file", shown)
	case info.Mode().Perm()&0o007 != 0:
		return "", refused("everybody may read credentials/%s of the server's data directory: chmod 600", shown)
	}
	text, err := io.ReadAll(io.LimitReader(file, mostPassword))
	password := strings.TrimRight(string(text), "\r\n")
	if err != nil || password == "" {
		return "", refused("credentials/%s of the server's data directory is empty, or cannot be read", shown)
	}
	return password, nil
}
