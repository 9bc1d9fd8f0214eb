package wire

import (
	"fmt"
	"net"
	"os"

	"github.com/lockstep-dev/lockstep"
)

// CheckPeer refuses whoever is neither this user nor root. Both sides ask:
// the agent because it runs commands for its callers, the client because it
// sends it secrets.
func CheckPeer(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return fmt.Errorf("peer of the agent's socket: %w", err)
	}
	var uid int
	var failed error
	if err := raw.Control(func(fd uintptr) { uid, failed = peerUID(int(fd)) }); err != nil {
		return fmt.Errorf("peer of the agent's socket: %w", err)
	}
	if failed != nil {
		return fmt.Errorf("peer of the agent's socket: %w", failed)
	}
	if uid != 0 && uid != os.Geteuid() {
		return lockstep.Errorf(lockstep.CodeForbidden, "the other end of the agent's socket belongs to user %d: only this user and root may speak here", uid)
	}
	return nil
}
