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
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// take gets the directory's lock: at once, from an agent of another version
// by handover, or when one that is ending has ended.
func take(ctx context.Context, o Options) (*holding, error) {
	deadline := time.Now().Add(lockPatience)
	for {
		lock, err := lockDir(o.Dir)
		if err == nil {
			api, err := listenAPI(o.Dir)
			if err != nil {
				return nil, errors.Join(err, lock.Close())
			}
			return &holding{lock: lock, api: api, relieve: nobodyBefore}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock the agent's directory %s: %w", o.Dir, err)
		}
		held, err := takeOver(ctx, o)
		if held != nil || lockstep.CodeOf(err) == lockstep.CodeConflict {
			return held, err
		}
		if time.Now().After(deadline) {
			return nil, lockstep.Errorf(lockstep.CodeUnavailable, "another agent holds %s and does not hand over (%w): end it, or wait for its end", o.Dir, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// takeOver asks the agent that runs. One of this version keeps what it has.
func takeOver(ctx context.Context, o Options) (*holding, error) {
	client := wire.NewClient(o.Dir)
	defer client.Close()
	asking, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	info, err := client.Info(asking)
	if err != nil {
		return nil, err
	}
	if info.Version == o.Version {
		return nil, lockstep.Errorf(lockstep.CodeConflict, "an agent of this version (%s, pid %d) runs in %s already: use that one, or end it first", info.Version, info.PID, o.Dir)
	}
	o.Logger.Info("taking over", "from", info.Version, "pid", info.PID)
	return receive(ctx, o.Dir)
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
