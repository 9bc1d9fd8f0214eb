package agent_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/artifact"
)

func asMissing(err error, missing **wire.MissingError) bool { return errors.As(err, missing) }

// pack makes an archive with a program that is this test's service.
func pack(t *testing.T, content string) (digest string, packed []byte) {
	t.Helper()
	dir := t.TempDir()
	exe, err := os.Executable()
	must(t, err)
	script := fmt.Sprintf("#!/bin/sh\n# %s\nexec %s agenttest-app serves\n", content, exe)
	must(t, os.MkdirAll(filepath.Join(dir, "bin"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "bin", "web"), []byte(script), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "data.txt"), []byte(content), 0o644))
	var out bytes.Buffer
	must(t, artifact.Pack(t.Context(), &out, dir))
	sum := sha256.Sum256(out.Bytes())
	return "sha256:" + hex.EncodeToString(sum[:]), out.Bytes()
}

func (f *field) packed(service, digest string) lockstep.ServiceSpec {
	spec := f.Spec(service, agenttest.Serves)
	spec.Command, spec.Artifact = []string{"./bin/web"}, digest
	return spec
}

func TestAnInstanceRunsFromItsArtifact(t *testing.T) {
	t.Parallel()
	f := newField(t)
	digest, packed := pack(t, "one")
	prepare := func() error {
		return f.Prepare(t.Context(), wire.PrepareRequest{Call: f.call(), Place: f.place(), Groups: groupsOf(t, f.packed("web", digest))})
	}
	var missing *wire.MissingError
	if err := prepare(); !errors.As(err, &missing) || len(missing.Digests) != 1 || missing.Digests[0] != digest {
		t.Fatalf("prepare without the artifact: %v", err)
	}
	damaged := bytes.Clone(packed)
	damaged[len(damaged)/2] ^= 1
	wantCode(t, f.PutArtifact(t.Context(), digest, bytes.NewReader(damaged)), lockstep.CodeInvalid)
	wantCode(t, f.PutArtifact(t.Context(), "sha256:../x", bytes.NewReader(packed)), lockstep.CodeInvalid)
	if err := prepare(); !errors.As(err, &missing) {
		t.Fatalf("a damaged artifact was taken: %v", err)
	}
	for range 2 {
		must(t, f.PutArtifact(t.Context(), digest, bytes.NewReader(packed)))
	}
	g := f.run(f.packed("web", digest), 2)
	var dirs []string
	for _, in := range f.instances(g.ID) {
		dirs = append(dirs, environOf(t, in.Address)["cwd"])
	}
	if dirs[0] != dirs[1] {
		t.Errorf("two instances of one artifact run in %v", dirs)
	}
	info, err := os.Stat(filepath.Join(dirs[0], "data.txt"))
	must(t, err)
	if dir, err := os.Stat(dirs[0]); err != nil || info.Mode().Perm() != 0o444 || dir.Mode().Perm() != 0o555 {
		t.Errorf("the shared tree can be written to: %v %v %v", dir.Mode(), info.Mode(), err)
	}
	spec := f.packed("other", digest)
	spec.Command = []string{"./bin/nothing"}
	wantCode(t, f.Prepare(t.Context(), wire.PrepareRequest{Call: f.call(), Place: f.place(), Groups: groupsOf(t, spec)}), lockstep.CodeInvalid)
	if left, err := os.ReadDir(filepath.Join(f.Dir, "incoming")); err != nil || len(left) != 0 {
		t.Errorf("left in incoming: %v, %v", left, err)
	}
}

func TestArtifactsThatNobodyUsesAreTidiedAway(t *testing.T) {
	t.Parallel()
	f := newField(t)
	used, packed := pack(t, "used")
	must(t, f.PutArtifact(t.Context(), used, bytes.NewReader(packed)))
	g := f.run(f.packed("web", used), 1)
	for n := range 8 {
		digest, packed := pack(t, fmt.Sprint("spare ", n))
		must(t, f.PutArtifact(t.Context(), digest, bytes.NewReader(packed)))
	}
	other := f.run(f.Spec("other", agenttest.Serves), 1)
	f.stop(other.ID)
	entries, err := os.ReadDir(filepath.Join(f.Dir, "artifacts"))
	must(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, "sha256:"+e.Name())
	}
	if len(names) != 6 || !strings.Contains(strings.Join(names, " "), used) {
		t.Errorf("after tidying there are %d artifacts, want the one in use and 5 spare: %v", len(names), names)
	}
	in := f.instances(g.ID)[0]
	if get(t, in.Address, "/") != "web" {
		t.Error("the instance lost its artifact")
	}
}

// put gives the agent an artifact.
func (f *field) put(t *testing.T) (digest string, packed []byte) {
	t.Helper()
	digest, packed = pack(t, t.Name())
	must(t, f.PutArtifact(t.Context(), digest, bytes.NewReader(packed)))
	return digest, packed
}
