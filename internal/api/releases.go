package api

import (
	"context"
	"maps"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const releasesPath = "/api/system/releases"

// newRelease is control's request. Of a service only the name is required:
// what an answer always has, a request need not say, or may say null for.
type newRelease control.ReleaseRequest

// TransformSchema implements huma.SchemaTransformer.
func (newRelease) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	services := *s.Properties["services"]
	spec := *r.SchemaFromRef(services.Items.Ref)
	spec.Required = []string{"name"}
	spec.Properties = maps.Clone(spec.Properties)
	for name, p := range spec.Properties {
		if p.Type == huma.TypeArray {
			list := *p
			list.Nullable = true
			spec.Properties[name] = &list
		}
	}
	services.Items = &spec
	s.Properties["services"] = &services
	return s
}

func (h *Handler) releaseRoutes() {
	tags := []string{"Releases"}
	register(h, huma.Operation{
		OperationID: "list-releases", Method: http.MethodGet, Path: releasesPath, Tags: tags,
		Summary: "A project's releases, the newest first",
	}, func(ctx context.Context, in *struct {
		Project
		Page
	},
	) (*body[control.List[lockstep.Release]], error) {
		return answer(h.control.Releases(ctx, in.Project.Project, in.page()))
	})
	register(h, huma.Operation{
		OperationID: "get-release", Method: http.MethodGet, Path: releasesPath + "/{version}", Tags: tags,
		Summary: "One release; latest is the newest",
	}, func(ctx context.Context, in *struct {
		Version string `path:"version" maxLength:"128"`
		Project
	},
	) (*body[lockstep.Release], error) {
		return answer(h.control.Release(ctx, in.Project.Project, in.Version))
	})
	register(h, huma.Operation{
		OperationID: "diff-releases", Method: http.MethodGet, Path: releasesPath + "/{version}/diff", Tags: tags,
		Summary:     "In what a release differs from another one",
		Description: "Services that came, went or changed, field by field, and whether they have other files; and the notes of the releases in between.",
	}, func(ctx context.Context, in *struct {
		Version string `path:"version" maxLength:"128"`
		Project
		With string `query:"with" required:"true" minLength:"1" maxLength:"128" doc:"The release that it is compared with: the one before, usually."`
	},
	) (*body[lockstep.ReleaseDiff], error) {
		return answer(h.control.DiffReleases(ctx, in.Project.Project, in.Version, in.With))
	})
	register(h, huma.Operation{
		OperationID: "create-release", Method: http.MethodPost, Path: releasesPath, Tags: tags,
		Summary:       "Record a version of the project",
		Description:   "Services default to those of the applied matrix. Artifacts are uploaded first, and named here by digest.",
		DefaultStatus: http.StatusCreated,
		Responses:     answers(map[string]*huma.Schema{"200": schema[lockstep.Release](h), "201": schema[lockstep.Release](h)}),
	}, func(ctx context.Context, in *struct {
		Change
		Body newRelease
	},
	) (*accepted[lockstep.Release], error) {
		r, err := h.control.CreateRelease(ctx, by(ctx, in.Change), in.Project.Project, control.ReleaseRequest(in.Body))
		if err != nil {
			return nil, err
		}
		status := http.StatusCreated
		if in.DryRun {
			status = http.StatusOK
		}
		return &accepted[lockstep.Release]{status, r}, nil
	})
}
