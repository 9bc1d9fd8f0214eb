package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/coder/websocket"
)

// messages is how many a session sends, at even intervals, the first at once.
const messages = 5

// socket holds one WebSocket session: each message must come back, and the
// close must be ours, answered by the server.
func (c *client) socket(ctx context.Context, s shot) outcome {
	var raw net.Conn
	trace := &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) {
		raw = got.Conn
		c.connected(got.Reused)
	}}
	//nolint:bodyclose // Dial's answer has no body to close, as its comment says
	conn, resp, err := websocket.Dial(httptrace.WithClientTrace(ctx, trace), s.url.String(), &websocket.DialOptions{
		HTTPClient: c.sockets,
		HTTPHeader: c.header,
	})
	out := outcome{ready: time.Now()}
	if resp != nil {
		out.status, out.release = resp.StatusCode, resp.Header.Get(ReleaseHeader)
	}
	if err != nil {
		out.err = err
		if resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
			out.err = fmt.Errorf("answered %s", resp.Status)
		}
		return out
	}
	defer func() { _ = conn.CloseNow() }()
	// The closing handshake has deadlines of its own, which ctx must be able
	// to cut short.
	defer context.AfterFunc(ctx, func() { _ = raw.Close() })()

	session := c.sessions.Add(1)
	gap := time.NewTicker(max(c.opts.SessionFor/messages, time.Millisecond))
	defer gap.Stop()
	for i := range messages {
		version, err := echo(ctx, conn, fmt.Sprintf("session %d message %d", session, i+1))
		if err != nil {
			out.err = fmt.Errorf("message %d of %d: %w", i+1, messages, err)
			return out
		}
		if out.release == "" {
			out.release = version
		}
		select {
		case <-gap.C:
		case <-ctx.Done():
			out.err = context.Cause(ctx)
			return out
		}
	}
	err = conn.Close(websocket.StatusNormalClosure, "")
	if err == nil {
		// Close is content with a connection that we ourselves cut.
		err = context.Cause(ctx)
	}
	if err != nil {
		out.err = fmt.Errorf("no clean close: %w", err)
	}
	return out
}

func echo(ctx context.Context, conn *websocket.Conn, text string) (version string, err error) {
	if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		return "", err
	}
	_, answer, err := conn.Read(ctx)
	if err != nil {
		return "", err
	}
	var got struct{ Echo, Version string }
	if err := json.Unmarshal(answer, &got); err != nil {
		return "", fmt.Errorf("the echo is not the JSON expected: %w", err)
	}
	if got.Echo != text {
		return "", fmt.Errorf("sent %q, got %q back", text, got.Echo)
	}
	return got.Version, nil
}
