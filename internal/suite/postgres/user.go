package postgres

import (
	"errors"
	"fmt"
	"os"
	osuser "os/user"
	"strconv"
	"syscall"
)

// A user is whom the server runs as; nil is the user of this process.
type user struct{ uid, gid uint32 }

// serverUser chooses another user where this process is root.
func serverUser() (*user, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := osuser.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &user{uint32(uid), uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody; add one of them")
}

// attributes puts the server into a session of its own, so that a key pressed in the terminal does not end it
// before the tests, and its cleaning up is not cut short.
func (u *user) attributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if u != nil {
		attributes.Credential = &syscall.Credential{Uid: u.uid, Gid: u.gid}
	}
	return attributes
}

// own hands the folder and the file of settings in it to the user.
func (u *user) own(dir string) error {
	if u == nil {
		return nil
	}
	return os.Chown(dir, int(u.uid), int(u.gid))
}
