package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Client speaks to the agent of one directory. It holds no state: an agent
// that was replaced is met at the next call. Methods may be called
// concurrently. What the agent refuses is a *lockstep.Error; a connection
// that fails is an error without a code.
type Client struct {
	dir  string
	http *http.Client
}

// NewClient makes a client for the agent of dir, which need not run yet.
func NewClient(dir string) *Client {
	c := &Client{dir: dir}
	c.http = &http.Client{Transport: &http.Transport{
		DialContext:         func(ctx context.Context, _, _ string) (net.Conn, error) { return Dial(ctx, dir) },
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     10 * time.Second, // an agent that was replaced is left soon
	}}
	return c
}

// Dial connects to the agent of dir and makes sure of who it is.
func Dial(ctx context.Context, dir string) (*net.UnixConn, error) {
	path, err := SocketPath(dir)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	uc := conn.(*net.UnixConn) //nolint:forcetypeassert // what "unix" dials
	if err := CheckPeer(uc); err != nil {
		_ = uc.Close() // the error that counts is that of the check
		return nil, err
	}
	return uc, nil
}

// Close gives up idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Prepare fails with *MissingError where artifacts have to be sent first.
func (c *Client) Prepare(ctx context.Context, req PrepareRequest) error {
	return c.send(ctx, http.MethodPost, "/prepare", req, nil)
}

// PutArtifact sends a packed artifact.
func (c *Client) PutArtifact(ctx context.Context, digest string, body io.Reader) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, base+"/artifacts/"+url.PathEscape(digest), body)
	if err != nil {
		return fmt.Errorf("agent artifact %s: %w", digest, err)
	}
	return c.do(req, nil)
}

// Start asks for replicas of a group.
func (c *Client) Start(ctx context.Context, req StartRequest) error {
	return c.send(ctx, http.MethodPost, "/start", req, nil)
}

// Stop returns when the groups' instances are gone.
func (c *Client) Stop(ctx context.Context, req StopRequest) error {
	return c.send(ctx, http.MethodPost, "/stop", req, nil)
}

// Remove forgets an environment.
func (c *Client) Remove(ctx context.Context, call Call) error {
	return c.send(ctx, http.MethodPost, "/remove", call, nil)
}

// Instances lists an environment's instances by ID.
func (c *Client) Instances(ctx context.Context, environment string) ([]lockstep.Instance, error) {
	var out []lockstep.Instance
	err := c.send(ctx, http.MethodGet, "/instances?"+query("environment", environment), nil, &out)
	return out, err
}

// Tail is the last lines that an instance wrote.
func (c *Client) Tail(ctx context.Context, environment, instance string, lines int) ([]string, error) {
	var out []string
	q := query("environment", environment, "instance", instance, "lines", strconv.Itoa(lines))
	err := c.send(ctx, http.MethodGet, "/tail?"+q, nil, &out)
	return out, err
}

// RunJob returns when the job ended.
func (c *Client) RunJob(ctx context.Context, req JobRequest) (JobResult, error) {
	var out JobResult
	err := c.send(ctx, http.MethodPost, "/jobs", req, &out)
	return out, err
}

// JobOutput is what a job has written so far.
func (c *Client) JobOutput(ctx context.Context, environment, key string) (JobOutput, error) {
	var out JobOutput
	err := c.send(ctx, http.MethodGet, "/jobs/output?"+query("environment", environment, "key", key), nil, &out)
	return out, err
}

// SetRouting declares an environment's routing.
func (c *Client) SetRouting(ctx context.Context, req RoutingRequest) error {
	return c.send(ctx, http.MethodPut, "/routing", req, nil)
}

// Routing is an environment's routing in force.
func (c *Client) Routing(ctx context.Context, environment string) (lockstep.Routing, error) {
	var out lockstep.Routing
	err := c.send(ctx, http.MethodGet, "/routing?"+query("environment", environment), nil, &out)
	return out, err
}

// Ledger is what was made for an environment, and what is there of it.
func (c *Client) Ledger(ctx context.Context, environment string) (lockstep.Ledger, error) {
	var out lockstep.Ledger
	err := c.send(ctx, http.MethodGet, "/ledger?"+query("environment", environment), nil, &out)
	return out, err
}

// Drain waits for requests in flight.
func (c *Client) Drain(ctx context.Context, req DrainRequest) (DrainResult, error) {
	var out DrainResult
	err := c.send(ctx, http.MethodPost, "/drain", req, &out)
	return out, err
}

// Held are an environment's figures that belong to none of its revisions.
func (c *Client) Held(ctx context.Context, environment string) (lockstep.EdgeStats, error) {
	var out lockstep.EdgeStats
	err := c.send(ctx, http.MethodGet, "/held?"+query("environment", environment), nil, &out)
	return out, err
}

// Stats are the figures of an environment's revisions.
func (c *Client) Stats(ctx context.Context, environment string) (map[string]lockstep.RevisionStats, error) {
	var out map[string]lockstep.RevisionStats
	err := c.send(ctx, http.MethodGet, "/stats?"+query("environment", environment), nil, &out)
	return out, err
}

// Probe sends one request through the edge.
func (c *Client) Probe(ctx context.Context, req ProbeRequest) (ProbeResult, error) {
	var out ProbeResult
	err := c.send(ctx, http.MethodPost, "/probe", req, &out)
	return out, err
}

// Sample sends requests of our own through the edge.
func (c *Client) Sample(ctx context.Context, req SampleRequest) error {
	return c.send(ctx, http.MethodPost, "/sample", req, nil)
}

// Logs are lines that instances wrote.
func (c *Client) Logs(ctx context.Context, req LogRequest) (lockstep.LogPage, error) {
	var out lockstep.LogPage
	err := c.send(ctx, http.MethodPost, "/logs", req, &out)
	return out, err
}

// Frames are the figures of the minutes after one.
func (c *Client) Frames(ctx context.Context, after int64) (FrameList, error) {
	var out FrameList
	err := c.send(ctx, http.MethodGet, "/figures?"+query("after", strconv.FormatInt(after, 10)), nil, &out)
	return out, err
}

// Usage is what environments use now: of one, or of all where none is named.
func (c *Client) Usage(ctx context.Context, environment string) (map[string]lockstep.Usage, error) {
	var out map[string]lockstep.Usage
	err := c.send(ctx, http.MethodGet, "/usage?"+query("environment", environment), nil, &out)
	return out, err
}

// Info describes the agent that runs.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var out Info
	err := c.send(ctx, http.MethodGet, "/info", nil, &out)
	return out, err
}

// Metrics is the agent's and the edge's Prometheus text.
func (c *Client) Metrics(ctx context.Context) ([]byte, error) {
	var out []byte
	err := c.send(ctx, http.MethodGet, "/metrics", nil, &out)
	return out, err
}

// Shutdown ends the agent.
func (c *Client) Shutdown(ctx context.Context, req ShutdownRequest) error {
	return c.send(ctx, http.MethodPost, "/shutdown", req, nil)
}

// base is where every call goes; the host stands for the socket.
const base = "http://agent/v1"

func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q.Encode()
}

func (c *Client) send(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("agent %s: %w", path, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, body)
	if err != nil {
		return fmt.Errorf("agent %s: %w", path, err)
	}
	return c.do(req, out)
}

func (c *Client) do(req *http.Request, out any) error {
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("agent in %s: %w", c.dir, err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return faultOf(res)
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out, err = io.ReadAll(res.Body)
	default:
		err = json.NewDecoder(res.Body).Decode(out)
	}
	if err != nil {
		return fmt.Errorf("agent's answer to %s: %w", req.URL.Path, err)
	}
	return nil
}
