package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/lockstep-dev/lockstep"
)

const blobPath = "/api/system/blobs/"

// Blob addresses an artifact.
type Blob struct {
	Project
	Digest string `path:"digest" maxLength:"71" doc:"sha256: and 64 hexadecimal digits"`
}

type uploadInput struct {
	Blob
	Offset int64 `header:"Upload-Offset" required:"true" minimum:"0" doc:"Where these bytes begin: as many as are stored."`
	Length int64 `header:"Upload-Length" required:"true" minimum:"1" doc:"How many bytes the whole has."`
	part   io.Reader
	rc     *http.ResponseController
}

// Resolve takes the body as it comes: it is not for memory.
func (in *uploadInput) Resolve(ctx huma.Context) []error {
	r, w := humago.Unwrap(ctx)
	in.part, in.rc = r.Body, http.NewResponseController(w)
	return nil
}

// paced lets an upload take as long as it needs while bytes arrive.
type paced struct {
	io.Reader
	rc    *http.ResponseController
	now   func() time.Time
	pause time.Duration
}

func (p paced) Read(b []byte) (int, error) {
	by := p.now().Add(p.pause)
	_ = p.rc.SetReadDeadline(by) // where there are none, the sender's patience is the limit
	_ = p.rc.SetWriteDeadline(by.Add(answerTimeout))
	n, err := p.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = lockstep.Errorf(lockstep.CodeUnavailable, "the upload broke off: go on where it stopped: %w", err)
	}
	return n, err
}

type blobOutput struct {
	Status int
	Offset string `header:"Upload-Offset" doc:"How many bytes are stored."`
}

func (h *Handler) blobRoutes() {
	tags := []string{"Artifacts"}
	register(h, huma.Operation{
		OperationID: "stat-blob", Method: http.MethodHead, Path: blobPath + "{digest}", Tags: tags,
		Summary:     "How much of an artifact is stored",
		Description: "200: all of it. 404: as much as Upload-Offset says; an upload goes on there.",
	}, func(ctx context.Context, in *Blob) (*blobOutput, error) {
		state, err := h.control.Blob(ctx, in.Digest)
		if err != nil {
			return nil, err
		}
		out := &blobOutput{http.StatusNotFound, strconv.FormatInt(state.Size, 10)}
		if state.Complete {
			out.Status = http.StatusOK
		}
		return out, nil
	})
	register(h, huma.Operation{
		OperationID: "append-blob", Method: http.MethodPatch, Path: blobPath + "{digest}", Tags: tags,
		Summary:     "Upload a part of an artifact",
		Description: "With the last byte the digest is checked, and the archive inspected. A part that breaks off is kept: ask with HEAD where to go on.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		}},
		DefaultStatus: http.StatusNoContent,
	}, h.upload)
}

func (h *Handler) upload(ctx context.Context, in *uploadInput) (*blobOutput, error) {
	state, err := h.control.AppendBlob(ctx, in.Digest, in.Offset, in.Length, paced{in.part, in.rc, h.now, h.pause})
	at := strconv.FormatInt(state.Size, 10)
	if lockstep.CodeOf(err) == lockstep.CodeConflict {
		p := h.problem(ctx, err)
		p.headers = http.Header{"Upload-Offset": {at}}
		return nil, p
	}
	if err != nil {
		return nil, err
	}
	return &blobOutput{http.StatusNoContent, at}, nil
}
