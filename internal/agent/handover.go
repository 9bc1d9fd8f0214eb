package agent

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/edge"
)

// A handover, on one connection:
//
//	new  POST /v1/handover
//	old  lets go of its instances, writes the last of the state
//	old  101, a line of JSON: the names of what it hands over
//	new  a line: go
//	old  the lock, the socket and the listeners, in that order, as SCM_RIGHTS
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

// farewell is what is left to the agent that handed over: to finish its
// requests, and to pass on what still arrives on connections that it has.
func (a *agent) farewell() {
	a.log.Info("handed over: finishing the requests in flight")
	until, cancel := context.WithTimeout(context.Background(), farewellPatience)
	defer cancel()
	instances := a.everywhere()
	a.passOn()
	a.hosts.leave()
	var wg sync.WaitGroup
	for _, key := range instances {
		wg.Go(func() { a.edge.DrainInstance(until, key.environment, key.instance) })
	}
	wg.Wait()
	select { // what the one before still finishes counts as ours
	case <-a.predecessor:
	case <-until.Done():
	}
	a.drained()
	a.hosts.awaitClosed(until)
	a.edge.DrainAll(until) // WebSockets that were passed on
}

func (a *agent) everywhere() []instanceKey {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []instanceKey
	for key := range a.instances {
		out = append(out, key)
	}
	return out
}

// passOn leads everything that still reaches this edge to the other agent,
// which knows the routing of its day: requests on connections from before,
// and those that are held.
func (a *agent) passOn() {
	const all = "successor"
	for id, e := range a.store.view().Environments {
		for group, g := range e.Groups {
			a.edge.SetPool(id, group, []edge.Backend{{Instance: all, Address: loopback(g.Port)}})
		}
		if e.Routing == nil || e.Port == 0 {
			continue
		}
		a.edge.SetPool(id, all, []edge.Backend{{Instance: all, Address: loopback(e.Port)}})
		r := *e.Routing
		r.HoldFor = 0
		r.Splits = []lockstep.Split{{Revision: all, Weight: 1}}
		r.Revisions = []lockstep.RevisionRoutes{{
			Revision: all, Hash: all, Release: all,
			Services: []lockstep.ServiceRoute{{Service: all, Group: all, Prefixes: []string{"/"}}},
		}}
		a.edge.SetRouting(id, r)
	}
}

// awaitClosed returns when no connection is left, or ctx ends.
func (h *hosts) awaitClosed(ctx context.Context) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for h.conns.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// receive is the new agent's side, up to "ready".
func receive(ctx context.Context, dir string) (_ *holding, err error) {
	conn, err := wire.Dial(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = conn.Close() // the old agent goes on
		}
	}()
	if err := conn.SetDeadline(time.Now().Add(offerPatience)); err != nil {
		return nil, err
	}
	names, err := accept(conn)
	if err != nil {
		return nil, fmt.Errorf("take over: %w", err)
	}
	files, err := receiveFDs(conn, names)
	if err != nil {
		return nil, fmt.Errorf("take over: %w", err)
	}
	held, err := unwrap(files)
	if err != nil {
		return nil, fmt.Errorf("take over: %w", err)
	}
	held.relieve = func(done chan struct{}) error { return relieve(conn, done) }
	return held, conn.SetDeadline(time.Time{})
}

// accept asks, and reads what will come. It reads no byte too far: with the
// next ones come descriptors.
func accept(conn *net.UnixConn) ([]string, error) {
	const ask = "POST /v1/handover HTTP/1.1\r\nHost: agent\r\nConnection: Upgrade\r\nUpgrade: " + upgradeTo + "\r\nContent-Length: 0\r\n\r\n"
	if _, err := conn.Write([]byte(ask)); err != nil {
		return nil, err
	}
	in := bufio.NewReader(io.LimitReader(conn, maxOffered))
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("the agent answered %s", res.Status)
	}
	line, err := in.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var list offered
	if err := json.Unmarshal(line, &list); err != nil {
		return nil, err
	}
	_, err = conn.Write([]byte(lineGo))
	return list.Names, err
}

func receiveFDs(conn *net.UnixConn, names []string) (files map[string]*os.File, err error) {
	files = map[string]*os.File{}
	defer func() {
		if err != nil {
			closeAll(files)
		}
	}()
	for len(names) > 0 {
		want := min(fdsAtOnce, len(names))
		oob := make([]byte, unix.CmsgSpace(4*want))
		n, oobn, flags, _, err := conn.ReadMsgUnix(make([]byte, 1), oob)
		if err != nil {
			return files, err
		}
		fds, err := rights(oob[:oobn])
		if err != nil {
			return files, err
		}
		for i, fd := range fds {
			if i < want {
				files[names[i]] = os.NewFile(uintptr(fd), names[i])
			} else {
				_ = unix.Close(fd) // more than was said
			}
		}
		if n != 1 || len(fds) != want || flags&unix.MSG_CTRUNC != 0 {
			return files, fmt.Errorf("got %d of %d descriptors", len(fds), want)
		}
		names = names[want:]
	}
	return files, nil
}

func rights(oob []byte) ([]int, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	var fds []int
	for _, m := range messages {
		some, err := unix.ParseUnixRights(&m)
		if err != nil {
			return nil, err
		}
		fds = append(fds, some...)
	}
	return fds, nil
}

// unwrap makes listeners of files.
func unwrap(files map[string]*os.File) (held *holding, err error) {
	held = &holding{lock: files[nameLock], listeners: map[string]net.Listener{}}
	delete(files, nameLock)
	defer closeAll(files) // a listener has a descriptor of its own
	if held.lock == nil {
		return nil, errors.New("the lock is missing")
	}
	for name, f := range files {
		l, err := net.FileListener(f)
		if err != nil {
			return nil, fmt.Errorf("listener %s: %w", name, err)
		}
		if ul, ok := l.(*net.UnixListener); ok && name == hostAPI {
			ul.SetUnlinkOnClose(false)
			held.api = ul
			continue
		}
		held.listeners[name] = l
	}
	if held.api == nil {
		return nil, errors.New("the socket is missing")
	}
	return held, nil
}

func closeAll(files map[string]*os.File) {
	for _, f := range files {
		_ = f.Close() // of no use any more
	}
}

// relieve tells the agent before that this one serves, and closes done when
// that one has no request left, or is gone.
func relieve(conn *net.UnixConn, done chan struct{}) error {
	if _, err := conn.Write([]byte(lineReady)); err != nil {
		close(done)
		return errors.Join(err, conn.Close())
	}
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, conn) // until it is closed
		_ = conn.Close()
	}()
	return nil
}
