package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// scenario is what every request of a turn looks like.
type scenario struct {
	name   string
	size   int  // of the answer's body
	upload int  // of the request's; 0 for a GET
	fresh  bool // a new connection for each request
}

var scenarios = []scenario{
	{name: "GET 1 KiB", size: 1 << 10},
	{name: "GET 64 KiB", size: 64 << 10},
	{name: "POST 1 KiB", size: 1 << 10, upload: 1 << 10},
	{name: "GET 1 KiB, new connections", size: 1 << 10, fresh: true},
}

func (s scenario) request() string {
	method, extra := "GET", ""
	if s.upload > 0 {
		method, extra = "POST", fmt.Sprintf("Content-Length: %d\r\n", s.upload)
	}
	if s.fresh {
		extra += "Connection: close\r\n"
	}
	return fmt.Sprintf("%s /api/%d HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nAccept: */*\r\n%s\r\n%s",
		method, s.size, edgeHost, extra, strings.Repeat("x", s.upload))
}

// turn is what one router did in one round.
type turn struct {
	perSecond float64
	p50, p99  time.Duration
}

// drive keeps the router busy over so many connections. Any answer but a
// whole 200 is an error: a router that fails quickly must not win.
func drive(ctx context.Context, addr string, s scenario, connections int, duration time.Duration) (turn, error) {
	latencies, failures := make([][]time.Duration, connections), make([]error, connections)
	started := time.Now()
	var loops sync.WaitGroup
	for i := range connections {
		loops.Go(func() { latencies[i], failures[i] = loop(ctx, addr, s, started.Add(duration)) })
	}
	loops.Wait()
	took := time.Since(started)
	if err := errors.Join(failures...); err != nil {
		return turn{}, fmt.Errorf("%s at %s: %w", s.name, addr, err)
	}
	all := slices.Concat(latencies...)
	if len(all) == 0 {
		return turn{}, fmt.Errorf("%s at %s: no answer within %s", s.name, addr, duration)
	}
	slices.Sort(all)
	return turn{
		perSecond: float64(len(all)) / took.Seconds(),
		p50:       all[len(all)/2],
		p99:       all[len(all)*99/100],
	}, nil
}

func loop(ctx context.Context, addr string, s scenario, end time.Time) (latencies []time.Duration, err error) {
	request := s.request()
	var conn net.Conn
	var answers *bufio.Reader
	defer func() {
		if conn != nil {
			_ = conn.Close()
		}
	}()
	for began := time.Now(); began.Before(end); began = time.Now() {
		if conn == nil {
			if conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", addr); err != nil {
				return nil, fmt.Errorf("dial: %w", err)
			}
			answers = bufio.NewReaderSize(conn, 16<<10)
		}
		if err = once(conn, answers, request, s.size); err != nil {
			return nil, err
		}
		latencies = append(latencies, time.Since(began))
		if s.fresh {
			_ = conn.Close()
			conn = nil
		}
	}
	return latencies, nil
}

func once(conn net.Conn, answers *bufio.Reader, request string, size int) error {
	if _, err := io.WriteString(conn, request); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || n != int64(size) || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d with %d bytes of %d: %w", resp.StatusCode, n, size, err)
	}
	return nil
}
