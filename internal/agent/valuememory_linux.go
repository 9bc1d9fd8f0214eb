package agent

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"syscall"
)

// The file systems that live in memory and nowhere else, but for swap.
const (
	tmpfsMagic = 0x01021994
	ramfsMagic = 0x858458f6
)

// memoryDirs are directories of file systems in memory that keep what this
// user puts there for as long as its processes live, and why there is none.
// systemd empties /dev/shm of people who log out, while what they started in
// the background goes on; not of root, of system users, and of those who linger.
func memoryDirs() (dirs []string, why string) {
	candidates := []string{"/dev/shm"}
	if os.Geteuid() == 0 {
		candidates = []string{"/run", "/dev/shm"}
	} else if clearsBehindUs() {
		return nil, "/dev/shm is emptied when this user logs out, unless: loginctl enable-linger"
	}
	for _, dir := range candidates {
		var s syscall.Statfs_t
		if err := syscall.Statfs(dir, &s); err == nil && (int64(s.Type) == tmpfsMagic || int64(s.Type) == ramfsMagic) { //nolint:unconvert // another type on other machines
			dirs = append(dirs, dir)
		}
	}
	return dirs, "this machine has no file system in memory at /dev/shm"
}

// firstPerson is the lowest ID of a user that systemd takes for a person.
const firstPerson = 1000

func clearsBehindUs() bool {
	if os.Geteuid() < firstPerson {
		return false
	}
	if _, err := os.Stat("/run/systemd/system"); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	u, err := user.Current()
	if err != nil {
		return true
	}
	_, err = os.Stat(filepath.Join("/var/lib/systemd/linger", u.Username))
	return err != nil
}
