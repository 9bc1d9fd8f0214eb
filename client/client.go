// Package client calls a Lockstep server. Its types are those of the root
// package; its errors are *lockstep.Error with the code the server gave, or
// CodeUnavailable where no answer came.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Options of a Client. Server is required.
type Options struct {
	Server  string // http://127.0.0.1:7420
	Token   string
	Project string       // "": the server's only project, or "default"
	HTTP    *http.Client // default: no overall timeout, 10s to the first byte of a dial
}

// Client calls one server. Its methods may be called concurrently.
type Client struct {
	base    *url.URL
	token   string
	project string
	http    *http.Client
}

// New checks the server's address and makes no call.
func New(opts Options) (*Client, error) {
	base, err := url.Parse(opts.Server)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, lockstep.Invalid("server", "server address %q: use http://host:port", opts.Server)
	}
	if opts.HTTP == nil {
		opts.HTTP = &http.Client{Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSHandshakeTimeout: 10 * time.Second,
			IdleConnTimeout:     30 * time.Second,
		}}
	}
	return &Client{base: base, token: opts.Token, project: opts.Project, http: opts.HTTP}, nil
}

// Project is the project the client asks about; "" leaves it to the server.
func (c *Client) Project() string { return c.project }

// WithProject is the same client for another project.
func (c *Client) WithProject(project string) *Client {
	other := *c
	other.project = project
	return &other
}

// call describes one request.
type call struct {
	method  string
	path    string // below the base, with escaped segments
	query   url.Values
	header  http.Header
	body    io.Reader
	length  int64 // of body; 0: unknown
	content string
}

// do sends a call and returns the answer if its status is 2xx, or 304 where
// the call has an If-None-Match. The caller closes the body.
func (c *Client) do(ctx context.Context, in call) (*http.Response, error) {
	u := *c.base
	raw := strings.TrimSuffix(u.EscapedPath(), "/") + in.path
	path, err := url.PathUnescape(raw)
	if err != nil {
		return nil, lockstep.Invalid("", "bad path %q", raw)
	}
	u.Path, u.RawPath = path, raw
	query := in.query
	if query == nil {
		query = url.Values{}
	}
	if c.project != "" {
		query.Set("project", c.project)
	}
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, in.method, u.String(), in.body)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if in.length > 0 {
		req.ContentLength = in.length
	}
	for k, v := range in.header {
		req.Header[k] = v
	}
	if in.content != "" {
		req.Header.Set("Content-Type", in.content)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, unreachable(c.base, err)
	}
	asked := in.header.Get("If-None-Match") != ""
	if resp.StatusCode/100 != 2 && !(asked && resp.StatusCode == http.StatusNotModified) {
		return nil, problem(resp)
	}
	return resp, nil
}

func unreachable(base *url.URL, err error) error {
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return lockstep.Errorf(lockstep.CodeUnavailable, "no answer from the server at %s: %w\nStart one with `lockstep server`, or name yours with --server or LOCKSTEP_SERVER", base.Host, err)
}

// json sends body (nil: none) as JSON and decodes the answer into out (nil: dropped).
func (c *Client) json(ctx context.Context, in call, body, out any) error {
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		in.body, in.content = bytes.NewReader(raw), "application/json"
	}
	resp, err := c.do(ctx, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("decode the answer to %s %s: %w", in.method, in.path, err)
	}
	return nil
}

// problem reads an RFC 9457 answer into an error.
func problem(resp *http.Response) error {
	defer resp.Body.Close()
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var p struct {
		Code      lockstep.Code      `json:"code"`
		Title     string             `json:"title"`
		Detail    string             `json:"detail"`
		Field     string             `json:"field"`
		Reference string             `json:"reference"`
		Problems  []lockstep.Problem `json:"problems"`
		Until     *time.Time         `json:"until"`
	}
	if json.Unmarshal(raw, &p) != nil || p.Code == "" {
		code := lockstep.CodeInternal
		if resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusBadGateway {
			code = lockstep.CodeUnavailable
		}
		return lockstep.Errorf(code, "the server answered %s", resp.Status)
	}
	message := p.Detail
	if message == "" {
		message = p.Title
	}
	return &lockstep.Error{Code: p.Code, Message: message, Field: p.Field, Problems: p.Problems, Until: p.Until}
}

func seg(s string) string { return url.PathEscape(s) }
