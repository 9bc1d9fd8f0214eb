package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// ResolvedQuery says which configuration, as it reaches programs, is meant.
type ResolvedQuery struct {
	Service string // "": all
	Version string // a number, latest or running; "": running, or latest where nothing runs
	Reveal  bool   // with the values of secrets; who asked is noted
}

// ResolvedConfig reads what an environment's services get, and its ETag.
func (c *Client) ResolvedConfig(ctx context.Context, idOrName string, query ResolvedQuery) (lockstep.ResolvedConfig, string, error) {
	doc, tag, err := c.ResolvedConfigSince(ctx, idOrName, query, "", 0)
	if err != nil {
		return lockstep.ResolvedConfig{}, "", err
	}
	return *doc, tag, nil
}

// ResolvedConfigSince is ResolvedConfig for who has read it with an ETag
// before. Where it is still that one the server waits so long, at most a
// minute, for another; nil where there was none.
func (c *Client) ResolvedConfigSince(ctx context.Context, idOrName string, query ResolvedQuery, etag string, wait time.Duration) (*lockstep.ResolvedConfig, string, error) {
	q := url.Values{}
	if query.Service != "" {
		q.Set("service", query.Service)
	}
	if query.Version != "" {
		q.Set("version", query.Version)
	}
	if query.Reveal {
		q.Set("includeSecrets", "true")
	}
	header := http.Header{}
	if etag != "" {
		header.Set("If-None-Match", etag)
		if wait > 0 {
			q.Set("wait", wait.Truncate(time.Second).String())
		}
	}
	in := call{method: http.MethodGet, path: environments + "/" + seg(idOrName) + "/config/resolved", query: q, header: header}
	resp, err := c.do(ctx, in)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	tag := resp.Header.Get("ETag")
	if resp.StatusCode == http.StatusNotModified {
		_, err = io.Copy(io.Discard, resp.Body)
		return nil, tag, err
	}
	var doc lockstep.ResolvedConfig
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		return nil, "", fmt.Errorf("decode the answer to %s %s: %w", in.method, in.path, err)
	}
	if tag == "" || doc.EnvironmentID == "" {
		return nil, "", lockstep.Errorf(lockstep.CodeInternal, "the server at %s answered with no configuration", c.base.Host)
	}
	return &doc, tag, nil
}
