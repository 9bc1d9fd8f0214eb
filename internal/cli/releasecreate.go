package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

func (a *app) releaseCreateCommand() *cobra.Command {
	var (
		file      string
		artifacts map[string]string
		notes     string
	)
	cmd := &cobra.Command{
		Use:   "create VERSION",
		Short: "Upload the artifacts and freeze the services as a version",
		Long: `Packs and uploads the artifact of each service that names one, and records
how the services run as the applied matrix says now. Artifact paths are taken
from the applied matrix, relative to -f's folder or the current one;
--artifact SERVICE=PATH overrides one. Uploads that broke off are continued.`,
		Example: "  lockstep release create 2.1.0 --artifact backend=./dist/backend",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			if err := unused(cmd.Context(), c, args[0]); err != nil {
				return err
			}
			paths, err := a.artifactPaths(cmd.Context(), c, file, artifacts)
			if err != nil {
				return err
			}
			if err := present(paths); err != nil {
				return err
			}
			req := client.NewRelease{Version: args[0], Notes: notes, Artifacts: map[string]string{}, Source: gitSource(cmd.Context())}
			for _, service := range slices.Sorted(maps.Keys(paths)) {
				digest, err := a.upload(cmd.Context(), c, service, paths[service])
				if err != nil {
					return err
				}
				req.Artifacts[service] = digest
			}
			release, err := c.CreateRelease(cmd.Context(), req)
			if err != nil {
				return err
			}
			return a.print(release, func(w io.Writer) {
				line(w, "Release %s: %s.", release.Version, serviceNames(release.Services))
				line(w, "Deploy it: lockstep deploy ENV %s", release.Version)
			})
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "matrix file whose folder artifact paths are relative to")
	cmd.Flags().StringToStringVar(&artifacts, "artifact", nil, "SERVICE=PATH, instead of the matrix's path")
	cmd.Flags().StringVar(&notes, "notes", "", "what changed, for people")
	return cmd
}

// unused looks for the version before anything is uploaded. The server says
// no as well, to whoever comes second meanwhile.
func unused(ctx context.Context, c *client.Client, version string) error {
	if version == "latest" {
		return nil // of all names the one that always leads to a release
	}
	_, err := c.Release(ctx, version)
	switch {
	case err == nil:
		return lockstep.Errorf(lockstep.CodeConflict, "release %q exists already: a version is used once, choose another", version)
	case lockstep.CodeOf(err) == lockstep.CodeNotFound || lockstep.CodeOf(err) == lockstep.CodeInvalid:
		return nil // the server says it better when it is asked to make it
	}
	return err
}

// present names every artifact that is missing, before the first is uploaded.
func present(paths map[string]string) error {
	missing := lockstep.Errorf(lockstep.CodeInvalid, "artifacts are missing: build them first, correct their paths in the matrix, or name others with --artifact SERVICE=PATH")
	for _, service := range slices.Sorted(maps.Keys(paths)) {
		if _, err := os.Stat(paths[service]); errors.Is(err, fs.ErrNotExist) {
			missing.Problems = append(missing.Problems, lockstep.Problem{Field: service, Message: paths[service] + " does not exist"})
		}
	}
	if len(missing.Problems) == 0 {
		return nil
	}
	return missing
}

// artifactPaths reads service → path from the applied matrix, so that a
// release never mixes the services of one file with the artifacts of another,
// and lays those that were named over it.
func (a *app) artifactPaths(ctx context.Context, c *client.Client, file string, named map[string]string) (map[string]string, error) {
	source, _, err := c.Matrix(ctx)
	if err != nil {
		return nil, err
	}
	m, err := matrix.Parse(source, "the applied matrix")
	if err != nil {
		return nil, err
	}
	base := "."
	if file != "" {
		base = filepath.Dir(file)
	}
	desired := m.Desired()
	for _, service := range slices.Sorted(maps.Keys(named)) {
		if !slices.ContainsFunc(desired.Services, func(s lockstep.ServiceSpec) bool { return s.Name == service }) {
			return nil, lockstep.Invalid("artifact", "--artifact %s=…: there is no such service (there are: %s)", service, serviceNames(desired.Services))
		}
	}
	out := map[string]string{}
	for service, path := range desired.Artifacts {
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		out[service] = path
	}
	maps.Copy(out, named)
	return out, nil
}

func serviceNames(services []lockstep.ServiceSpec) string {
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}

// gitSource names the commit that is checked out here, where there is one.
func gitSource(ctx context.Context) lockstep.ReleaseSource {
	ask := func(args ...string) string {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, "git", args...).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	return lockstep.ReleaseSource{Commit: ask("rev-parse", "HEAD"), Branch: ask("rev-parse", "--abbrev-ref", "HEAD")}
}
