package monitor

import (
	"io"
	"os"
	"strings"
)

// mostPassword bounds what is read of a file of credentials.
const mostPassword = 64 << 10

// password reads a file in the folder of credentials, each time anew, so that
// one that is replaced counts from the next probe on. The name comes from a
// matrix: links and dots lead nowhere outside the folder.
func (p *prober) password(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	root, err := os.OpenRoot(p.credentials)
	if err != nil {
		return "", refused("the folder credentials of the server's data directory cannot be read")
	}
	defer func() { _ = root.Close() }()
	file, err := root.Open(name)
	if err != nil {
		return "", refused("credentials/%s of the server's data directory cannot be read", name)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		return "", refused("credentials/%s of the server's data directory is no file", name)
	case info.Mode().Perm()&0o007 != 0:
		return "", refused("everybody may read credentials/%s of the server's data directory: chmod 600", name)
	}
	text, err := io.ReadAll(io.LimitReader(file, mostPassword))
	password := strings.TrimRight(string(text), "\r\n")
	if err != nil || password == "" {
		return "", refused("credentials/%s of the server's data directory is empty, or cannot be read", name)
	}
	return password, nil
}
