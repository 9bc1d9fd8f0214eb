package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	releases = "/api/system/releases"
	blobs    = "/api/system/blobs"
)

// NewRelease describes a release to create. Services default to those of the
// applied matrix; Artifacts names uploaded blobs by service.
type NewRelease struct {
	Version   string                 `json:"version"`
	Services  []lockstep.ServiceSpec `json:"services,omitempty"`
	Artifacts map[string]string      `json:"artifacts,omitempty"`
	Notes     string                 `json:"notes,omitempty"`
	Source    lockstep.ReleaseSource `json:"source,omitzero"`
}

// CreateRelease stores a release; its version is used once.
func (c *Client) CreateRelease(ctx context.Context, r NewRelease) (lockstep.Release, error) {
	return post[lockstep.Release](ctx, c, releases, nil, r)
}

// Releases lists releases, newest first.
func (c *Client) Releases(ctx context.Context, page Page) (List[lockstep.Release], error) {
	return get[List[lockstep.Release]](ctx, c, releases, page.query())
}

// Release reads one by version, or "latest".
func (c *Client) Release(ctx context.Context, version string) (lockstep.Release, error) {
	return get[lockstep.Release](ctx, c, releases+"/"+seg(version), nil)
}

// Upload sends a packed artifact, going on where an earlier upload of the
// same digest broke off, and again after a lost connection. progress, where
// set, hears how many bytes the server has.
func (c *Client) Upload(ctx context.Context, digest string, file *os.File, progress func(sent, total int64)) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	total := info.Size()
	const tries = 5
	for try := 1; ; try++ {
		err := c.uploadOnce(ctx, digest, file, total, progress)
		if err == nil || ctx.Err() != nil || try == tries {
			return err
		}
		if code := lockstep.CodeOf(err); code != lockstep.CodeUnavailable && code != lockstep.CodeConflict {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * 200 * time.Millisecond):
		}
	}
}

func (c *Client) uploadOnce(ctx context.Context, digest string, file *os.File, total int64, progress func(sent, total int64)) error {
	offset, complete, err := c.blobOffset(ctx, digest)
	if err != nil || complete {
		return err
	}
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	header := http.Header{}
	header.Set("Upload-Offset", strconv.FormatInt(offset, 10))
	header.Set("Upload-Length", strconv.FormatInt(total, 10))
	body := io.Reader(io.NopCloser(file)) // the transport must not close the caller's file
	if progress != nil {
		body = &meter{r: body, sent: offset, total: total, report: progress}
	}
	resp, err := c.do(ctx, call{
		method: http.MethodPatch, path: blobs + "/" + seg(digest), header: header,
		body: body, length: total - offset, content: "application/octet-stream",
	})
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (c *Client) blobOffset(ctx context.Context, digest string) (offset int64, complete bool, err error) {
	u := c.base.JoinPath(blobs, digest)
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, u.String(), nil)
	if err != nil {
		return 0, false, fmt.Errorf("upload: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, false, unreachable(c.base, err)
	}
	if err := resp.Body.Close(); err != nil {
		return 0, false, fmt.Errorf("upload: %w", err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return 0, true, nil
	case http.StatusNotFound:
		offset, err := strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
		if err != nil || offset < 0 {
			return 0, false, errors.New("upload: the server does not say where to go on")
		}
		return offset, false, nil
	default:
		return 0, false, problem(resp)
	}
}

type meter struct {
	r           io.Reader
	sent, total int64
	report      func(sent, total int64)
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.sent += int64(n)
	m.report(m.sent, m.total)
	return n, err
}

// DiffReleases is in what a release differs from another one.
func (c *Client) DiffReleases(ctx context.Context, version, with string) (lockstep.ReleaseDiff, error) {
	return get[lockstep.ReleaseDiff](ctx, c, releases+"/"+seg(version)+"/diff", url.Values{"with": {with}})
}
