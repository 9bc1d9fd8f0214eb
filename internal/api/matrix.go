package api

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep/internal/control"
)

const matrixPath = "/api/system/matrix"

// File is a matrix as it is sent. huma takes its buffer back afterwards.
type File struct {
	RawBody []byte `contentType:"application/yaml"`
}

func (b File) source() []byte { return bytes.Clone(b.RawBody) }

type matrixFile struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag" doc:"The matrix version, for If-Match."`
	Body        []byte
}

type applyInput struct {
	Change
	File
	IfMatch string `header:"If-Match" maxLength:"40" doc:"The matrix version that the plan was made for, or *. Required (428)."`
	Deploy  bool   `query:"deploy" doc:"Redeploy environments whose recorded configuration is not what runs."`
	Delete  bool   `query:"delete" doc:"Destroy environments that the file no longer has. Without it such a file is refused."`
}

func (h *Handler) matrixRoutes() {
	yaml := huma.Operation{
		OperationID: "get-matrix", Method: http.MethodGet, Path: matrixPath, Tags: []string{"Matrix"},
		Summary: "The file that was applied last, with the numbers that were scaled since",
		Responses: map[string]*huma.Response{"200": {
			Content: map[string]*huma.MediaType{"text/yaml": {Schema: &huma.Schema{Type: "string"}}},
		}},
	}
	register(h, yaml, func(ctx context.Context, in *Project) (*matrixFile, error) {
		source, version, err := h.control.ExportMatrix(ctx, in.Project)
		if err != nil {
			return nil, err
		}
		return &matrixFile{ContentType: "text/yaml; charset=utf-8", ETag: etag(version), Body: source}, nil
	})
	register(h, huma.Operation{
		OperationID: "plan-matrix", Method: http.MethodPost, Path: matrixPath + "/plan", Tags: []string{"Matrix"},
		Summary: "What applying a file would change",
	}, func(ctx context.Context, in *struct {
		Project
		File
	},
	) (*body[control.Planned], error) {
		return answer(h.control.PlanMatrix(ctx, by(ctx, Change{}), in.Project.Project, in.source()))
	})
	register(h, huma.Operation{
		OperationID: "apply-matrix", Method: http.MethodPut, Path: matrixPath, Tags: []string{"Matrix"},
		Summary:     "Record a file",
		Description: "Records all of the file or, where anything stands in the way, nothing. What runs changes with the next deployment, or at once with deploy=true.",
	}, func(ctx context.Context, in *applyInput) (*body[control.Applied], error) {
		return answer(h.control.ApplyMatrix(ctx, by(ctx, in.Change), control.ApplyRequest{
			Project: in.Project.Project, Source: in.source(), IfMatch: version(in.IfMatch), Deploy: in.Deploy, Delete: in.Delete,
		}))
	})
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// version is what an entity tag holds; a weak one is as good, because a
// version never means two things.
func version(tag string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
}
