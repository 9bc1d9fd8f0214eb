package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

const matrix = "/api/system/matrix"

// Matrix is the file last applied, byte for byte, and its version.
func (c *Client) Matrix(ctx context.Context) (source []byte, version int64, err error) {
	resp, err := c.do(ctx, call{method: http.MethodGet, path: matrix})
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	source, err = io.ReadAll(resp.Body)
	if err != nil {
		return nil, 0, lockstep.Errorf(lockstep.CodeUnavailable, "read the matrix: %w", err)
	}
	version, _ = strconv.ParseInt(strings.Trim(resp.Header.Get("ETag"), `W/"`), 10, 64)
	return source, version, nil
}

// MatrixPlan is what applying a file would change. Plan is the matrix
// room's own JSON.
type MatrixPlan struct {
	Plan    json.RawMessage `json:"plan"`
	Version int64           `json:"version"` // to give to ApplyMatrix
}

// PlanMatrix says what applying source would change.
func (c *Client) PlanMatrix(ctx context.Context, source []byte) (MatrixPlan, error) {
	var out MatrixPlan
	err := c.json(ctx, call{
		method: http.MethodPost, path: matrix + "/plan",
		body: bytes.NewReader(source), content: "application/yaml",
	}, nil, &out)
	return out, err
}

// ApplyOptions of ApplyMatrix.
type ApplyOptions struct {
	Version int64 // the version that was planned against; CodeStale where it changed since
	Deploy  bool  // redeploy environments whose recorded configuration is not what runs
	Delete  bool  // destroy environments that the file no longer has
}

// Applied is what ApplyMatrix did.
type Applied struct {
	Plan       json.RawMessage      `json:"plan"`
	Version    int64                `json:"version"`
	Operations []lockstep.Operation `json:"operations"`
}

// ApplyMatrix records source as the project's matrix.
func (c *Client) ApplyMatrix(ctx context.Context, source []byte, opts ApplyOptions) (Applied, error) {
	header := http.Header{}
	header.Set("If-Match", `"`+strconv.FormatInt(opts.Version, 10)+`"`)
	q := url.Values{}
	if opts.Deploy {
		q.Set("deploy", "true")
	}
	if opts.Delete {
		q.Set("delete", "true")
	}
	var out Applied
	err := c.json(ctx, call{
		method: http.MethodPut, path: matrix, query: q, header: header,
		body: bytes.NewReader(source), content: "application/yaml",
	}, nil, &out)
	return out, err
}
