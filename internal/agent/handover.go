package agent

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// A handover, on one connection:
//
//	new  POST /v1/handover
//	old  lets go of its instances, writes the last of the state
//	old  101, a line of JSON: the names of what it hands over
//	new  a line: go
//	old  the lock, the socket and the listeners, in that line's order, as SCM_RIGHTS
//	new  opens the state, adopts, and serves; a line: ready
//	old  stops accepting; closes the connection when its requests are done
//
// Until "ready" both serve, the old one with the pools as they were, so that no
// connection is refused. If "ready" does not come, the old one begins a new
// life with what it still has.
const (
	lineGo     = "go\n"
	lineReady  = "ready\n"
	fdsAtOnce  = 200 // SCM_RIGHTS takes 253
	nameLock   = "lock"
	upgradeTo  = "lockstep-handover"
	maxOffered = 64 << 10

	offerPatience    = 10 * time.Second
	readyPatience    = 30 * time.Second
	farewellPatience = 60 * time.Second
)

// offered is the order of what is handed over.
type offered struct {
	Protocol int      `json:"protocol"`
	Names    []string `json:"names"`
}

// handOver is the old agent's side.
func (a *agent) handOver(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	busy := a.handing || a.closing
	a.handing = true
	a.mu.Unlock()
	if busy {
		a.fail(w, r, errClosing)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		a.fail(w, r, fmt.Errorf("hand over: %w", err))
		return
	}
	uc := conn.(*net.UnixConn) //nolint:forcetypeassert // what the socket accepts
	a.letGo()
	if err := a.offer(uc); err != nil {
		a.log.Error("handing over failed", "error", err)
		_ = uc.Close() // the other side has failed or is told by this
		a.finish(takenBack)
		return
	}
	a.drained = func() { _ = uc.Close() } // which is the message
	a.finish(handedOver)
}

// takeBack makes this life the one before the next in this same process.
func (a *agent) takeBack() error {
	listeners, err := a.hosts.duplicates()
	if err != nil {
		return fmt.Errorf("take back: %w", err)
	}
	api, ok := listeners[hostAPI].(*net.UnixListener)
	if !ok {
		return errors.New("take back: the socket is missing")
	}
	api.SetUnlinkOnClose(false)
	delete(listeners, hostAPI)
	a.holding.api, a.holding.listeners = api, listeners
	a.holding.relieve = func(done chan struct{}) error {
		a.drained = func() { close(done) }
		a.holding.farewells.Go(a.farewell)
		return nil
	}
	return nil
}

// offer sends everything and waits until the new agent serves.
func (a *agent) offer(conn *net.UnixConn) error {
	fds := map[string]syscall.Conn{}
	for name, l := range a.hosts.all() {
		if c, ok := l.(syscall.Conn); ok {
			fds[name] = c
		}
	}
	fds[hostAPI], fds[nameLock] = a.holding.api, a.holding.lock
	list := offered{Protocol: wire.Protocol}
	for name := range fds {
		list.Names = append(list.Names, name)
	}
	slices.Sort(list.Names)
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if err := conn.SetDeadline(time.Now().Add(offerPatience)); err != nil {
		return err
	}
	head := "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + upgradeTo + "\r\n\r\n"
	if _, err := conn.Write(append([]byte(head), append(text, '\n')...)); err != nil {
		return err
	}
	in := bufio.NewReader(conn)
	if err := expect(in, lineGo); err != nil {
		return err
	}
	for some := range slices.Chunk(list.Names, fdsAtOnce) {
		if err := sendFDs(conn, some, fds); err != nil {
			return err
		}
	}
	if err := conn.SetDeadline(time.Now().Add(readyPatience)); err != nil {
		return err
	}
	if err := expect(in, lineReady); err != nil {
		return err
	}
	return conn.SetDeadline(time.Time{})
}

func expect(in *bufio.Reader, line string) error {
	got, err := in.ReadString('\n')
	if err == nil && got != line {
		err = fmt.Errorf("got %q", got)
	}
	if err != nil {
		return fmt.Errorf("waiting for %q: %w", strings.TrimSpace(line), err)
	}
	return nil
}

// sendFDs sends descriptors without taking them out of the runtime's hands:
// asking a file for its number would make it block for both agents.
func sendFDs(conn *net.UnixConn, names []string, of map[string]syscall.Conn) error {
	var fds []int
	var send func(rest []string) error
	send = func(rest []string) error {
		if len(rest) == 0 {
			_, _, err := conn.WriteMsgUnix([]byte{'f'}, unix.UnixRights(fds...), nil)
			return err
		}
		raw, err := of[rest[0]].SyscallConn()
		if err != nil {
			return err
		}
		var inner error
		err = raw.Control(func(fd uintptr) {
			fds = append(fds, int(fd))
			inner = send(rest[1:])
		})
		return errors.Join(err, inner)
	}
	return send(names)
}
