package agent

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const checksOwner = true

// ownerOf says whether what listens on a loopback port belongs to the family,
// and names the stranger where it does not.
func (t *table) ownerOf(port int, f family) (ownership, string) {
	inodes := listeners(port)
	if len(inodes) == 0 {
		return nobodyListens, ""
	}
	seen, err := t.now()
	if err != nil {
		return nobodyListens, ""
	}
	for _, s := range f.members(seen) {
		for inode := range socketsOf(s.pid) {
			delete(inodes, inode)
		}
	}
	if len(inodes) == 0 {
		return oursListens, ""
	}
	return strangerListens, whoHolds(inodes, seen)
}

// listensSomewhere says whether any socket of this machine listens on a port.
func listensSomewhere(port int) bool { return len(listeners(port)) > 0 }

// listeners are the inodes of sockets that listen on a port.
func listeners(port int) map[string]bool {
	inodes := map[string]bool{}
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		addListeners(file, port, inodes)
	}
	return inodes
}

func addListeners(file string, port int, inodes map[string]bool) {
	f, err := os.Open(file)
	if err != nil {
		return // no IPv6 here
	}
	defer f.Close() //nolint:errcheck // only read
	const listen = "0A"
	suffix := fmt.Sprintf(":%04X", port)
	lines := bufio.NewScanner(f)
	lines.Scan() // the heading
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || fields[3] != listen {
			return // the kernel lists those that listen first, then perhaps thousands
		}
		if strings.HasSuffix(fields[1], suffix) {
			inodes[fields[9]] = true
		}
	}
}

// socketsOf are the inodes of a process's sockets.
func socketsOf(pid int) map[string]bool {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // gone, or not ours to see
	}
	out := map[string]bool{}
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		if inode, ok := strings.CutPrefix(target, "socket:["); ok {
			out[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return out
}

func whoHolds(inodes map[string]bool, seen []sighting) string {
	for _, s := range seen {
		for inode := range socketsOf(s.pid) {
			if inodes[inode] {
				name, err := os.ReadFile("/proc/" + strconv.Itoa(s.pid) + "/comm")
				if err != nil {
					break
				}
				return fmt.Sprintf("%s (pid %d)", strings.TrimSpace(string(name)), s.pid)
			}
		}
	}
	return "a process of another user"
}
