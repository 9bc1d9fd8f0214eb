package control

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// ReleaseRequest is what a release is made of. Services default to those of
// the applied matrix; Artifacts names the uploaded blob of each service that
// has files.
type ReleaseRequest struct {
	Version   string                 `json:"version"`
	Services  []lockstep.ServiceSpec `json:"services,omitempty"`
	Artifacts map[string]string      `json:"artifacts,omitempty"` // service to digest
	Notes     string                 `json:"notes,omitempty"`
	Source    lockstep.ReleaseSource `json:"source,omitzero"`
}

// maxNotes is the most characters of a release's notes.
const maxNotes = 64 << 10

// CreateRelease records a version of a project.
func (c *Control) CreateRelease(ctx context.Context, by By, projectName string, req ReleaseRequest) (lockstep.Release, error) {
	if err := c.checkRelease(ctx, by, req); err != nil {
		return lockstep.Release{}, err
	}
	return change(ctx, c, by, "create release", []any{projectName, req}, func(tx Tx) (lockstep.Release, error) {
		r, err := c.release(tx, by, projectName, req)
		if err != nil {
			return r, err
		}
		if err := tx.AddRelease(r); err != nil {
			return r, err
		}
		return r, c.event(tx, lockstep.EventReleaseCreated, r.ProjectID, "", "", by, map[string]any{"version": r.Version})
	})
}

var digestShape = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// checkRelease checks what needs no transaction: the shape of the request,
// and that its artifacts are stored.
func (c *Control) checkRelease(ctx context.Context, by By, req ReleaseRequest) error {
	if err := policy.Decide(policy.Question{Action: policy.ReleaseCreate, Actor: by.Actor, Now: c.now()}).Err(); err != nil {
		return err
	}
	if err := lockstep.ValidateVersion(req.Version); err != nil {
		return err
	}
	if req.Version == "latest" {
		return lockstep.Invalid("version", "latest always means the newest release: choose another version")
	}
	if len(req.Notes) > maxNotes {
		return lockstep.Invalid("notes", "the notes are longer than %d characters", maxNotes)
	}
	digests := maps.Clone(req.Artifacts)
	for _, s := range req.Services {
		if s.Artifact != "" && digests[s.Name] == "" {
			if digests == nil {
				digests = map[string]string{}
			}
			digests[s.Name] = s.Artifact
		}
	}
	var problems []lockstep.Problem
	for _, service := range slices.Sorted(maps.Keys(digests)) {
		field := "artifacts." + service
		if !digestShape.MatchString(digests[service]) {
			problems = append(problems, lockstep.Problem{Field: field, Message: `is no digest: "sha256:" and 64 hexadecimal digits`})
			continue
		}
		state, err := c.blobs.Stat(ctx, digests[service])
		if err != nil {
			return err
		}
		if !state.Complete {
			problems = append(problems, lockstep.Problem{Field: field, Message: "is not stored: upload it first"})
		}
	}
	return wrong("release "+req.Version, problems)
}

// release puts the record together from the request and the applied matrix.
func (c *Control) release(tx Tx, by By, projectName string, req ReleaseRequest) (lockstep.Release, error) {
	p, err := project(tx, projectName)
	if err != nil {
		return lockstep.Release{}, err
	}
	r := lockstep.Release{
		ID: c.newID(), ProjectID: p.ID, Version: req.Version, Notes: req.Notes, Source: req.Source,
		CreatedAt: c.now(), CreatedBy: by.Actor,
	}
	services, needs := req.Services, map[string]string{}
	if services == nil {
		m, err := matrix.Parse(p.Matrix, "the applied matrix")
		if err != nil {
			return r, err
		}
		desired := m.Desired()
		services, needs = desired.Services, desired.Artifacts
	}
	r.Services, err = releaseServices(r.Version, services, needs, req.Artifacts)
	return r, err
}

func releaseServices(version string, specs []lockstep.ServiceSpec, needs, artifacts map[string]string) ([]lockstep.ServiceSpec, error) {
	var problems []lockstep.Problem
	problem := func(field, message string) {
		problems = append(problems, lockstep.Problem{Field: field, Message: message})
	}
	var names []string
	out := make([]lockstep.ServiceSpec, 0, len(specs))
	for _, s := range specs {
		field := "services." + s.Name
		if err := lockstep.ValidateServiceName(s.Name); err != nil {
			problem("services", err.Error())
		}
		if slices.Contains(names, s.Name) {
			problem(field, "is there twice")
		}
		names = append(names, s.Name)
		if digest := artifacts[s.Name]; digest != "" {
			s.Artifact = digest
		}
		if path := needs[s.Name]; path != "" && s.Artifact == "" {
			problem("artifacts."+s.Name, "is missing: the matrix builds "+s.Name+" from "+path+"; upload it and name its digest")
		}
		if len(s.Command) == 0 && s.Image == "" {
			problem(field, "has neither a command nor an image")
		}
		if s.Routes == nil {
			s.Routes = []string{"/"}
		}
		out = append(out, s)
	}
	for _, name := range slices.Sorted(maps.Keys(artifacts)) {
		if !slices.Contains(names, name) {
			p := lockstep.Problem{Field: "artifacts." + name, Message: "there is no such service (there are: " + strings.Join(names, ", ") + ")", Suggestion: nearest(name, names)}
			problems = append(problems, p)
		}
	}
	if len(out) == 0 {
		problem("services", "a release needs at least one: add services to the matrix and apply it")
	}
	if err := wrong("release "+version, problems); err != nil {
		return nil, err
	}
	_, err := lockstep.StartOrder(out)
	return out, err
}

// wrong is a CodeInvalid error about all problems, nil where there are none.
func wrong(what string, problems []lockstep.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &lockstep.Error{Code: lockstep.CodeInvalid, Message: what + " is not valid", Problems: problems}
}
