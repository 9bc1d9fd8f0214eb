package agent_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

func (f *field) unpacked(digest string) bool {
	_, err := os.Lstat(filepath.Join(f.Dir, "artifacts", strings.TrimPrefix(digest, "sha256:")))
	return err == nil
}

func (f *field) wantEntry(kind lockstep.LedgerKind, made, left int) {
	f.t.Helper()
	if e := f.entry(kind); e.Made != int64(made) || len(e.Left) != left {
		f.t.Errorf("%+v, want %d made and %d there", e, made, left)
	}
}

// What an environment shares with another stays when it goes, and goes with
// the other; what it had alone goes with it.
func TestAnArtifactGoesWithTheLastThatUsesIt(t *testing.T) {
	t.Parallel()
	f := newField(t)
	put := func(content string) string {
		digest, packed := pack(t, content)
		must(t, f.PutArtifact(t.Context(), digest, bytes.NewReader(packed)))
		return digest
	}
	shared, own, replaced := put("shared"), put("own"), put("replaced")
	other := onField(t, f.Agent)
	other.env = uuid.NewString()
	theirs := other.run(other.packed("web", shared), 1)
	old := f.run(f.packed("old", replaced), 1)
	f.stop(old.ID)
	f.run(f.packed("web", shared), 1)
	f.run(f.packed("more", own), 1)
	f.wantEntry(lockstep.LedgerArtifacts, 3, 2) // of those that nobody else uses
	f.Restart(t)
	f.wantEntry(lockstep.LedgerArtifacts, 3, 2)
	f.away(t)
	if f.unpacked(own) || f.unpacked(replaced) || !f.unpacked(shared) {
		t.Errorf("own %v, replaced %v, shared %v", f.unpacked(own), f.unpacked(replaced), f.unpacked(shared))
	}
	f.balanced(t)
	f.wantEntry(lockstep.LedgerArtifacts, 2, 0) // the shared one went to the other

	// The other one is stopped, and can be started again.
	other.stop(theirs.ID)
	if !f.unpacked(shared) {
		t.Error("what a stopped environment uses is gone")
	}
	must(t, other.Remove(t.Context(), other.call()))
	other.balanced(t)
	if f.unpacked(shared) {
		t.Error("what the last one used is still there")
	}
}

// away stops all groups of an environment and removes it.
func (f *field) away(t *testing.T) {
	t.Helper()
	seen, err := f.Instances(t.Context(), f.env)
	must(t, err)
	groups := map[string]bool{}
	for _, in := range seen {
		groups[in.Group] = true
	}
	for id := range groups {
		f.stop(id)
	}
	must(t, f.Remove(t.Context(), f.call()))
}

// What an agent could not remove any more, because it died, the ledger finds,
// and the next Remove takes away.
func TestTheLedgerFindsAnArtifactThatWasLeft(t *testing.T) {
	t.Parallel()
	f := newField(t)
	digest, _ := f.put(t)
	f.run(f.packed("web", digest), 1)
	tree := filepath.Join(f.Dir, "artifacts")
	must(t, os.Chmod(tree, 0o500))
	t.Cleanup(func() { _ = os.Chmod(tree, 0o700) })
	if os.Geteuid() == 0 { // to whom everything is allowed
		must(t, os.Mkdir(filepath.Join(f.Dir, "incoming", "gone-"+strings.TrimPrefix(digest, "sha256:")), 0o700))
		must(t, os.WriteFile(filepath.Join(f.Dir, "incoming", "gone-"+strings.TrimPrefix(digest, "sha256:"), "x"), nil, 0o600))
	}
	f.away(t)
	if e := f.entry(lockstep.LedgerArtifacts); len(e.Left) != 1 || e.Left[0] != digest {
		t.Errorf("%+v, want %s", e, digest)
	}
	must(t, os.Chmod(tree, 0o700))
	f.Restart(t) // which tidies what was half moved
	must(t, f.Remove(t.Context(), f.call()))
	f.balanced(t)
}

// A certificate goes with the last environment that has its domain.
func TestACertificateGoesWithItsEnvironment(t *testing.T) {
	t.Parallel()
	f := newSecure(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.domain("app.first.test", g)
	f.awaitCertificate(lockstep.CertificateIssued)
	f.domain("app.second.test", g)
	f.awaitCertificate(lockstep.CertificateIssued)
	other := secure{onField(t, f.Agent), f.EdgeTLS, f.ca}
	other.env = uuid.NewString()
	theirs := other.run(other.Spec("web", agenttest.Serves), 1)
	other.domain("app.second.test", theirs)
	files := func() string {
		found, err := filepath.Glob(filepath.Join(f.Dir, "certificates", "certificates", "*", "*"))
		must(t, err)
		for n := range found {
			found[n] = filepath.Base(found[n])
		}
		return fmt.Sprint(found)
	}
	if files() != "[app.first.test app.second.test]" {
		t.Fatalf("stored: %s", files())
	}
	f.Restart(t)
	must(t, f.SetRouting(t.Context(), wire.RoutingRequest{Call: f.call()}))
	f.away(t)
	f.balanced(t)
	f.wantEntry(lockstep.LedgerCertificates, 1, 0) // the other one's is not its own
	if files() != "[app.second.test]" {
		t.Errorf("stored: %s", files())
	}
	other.awaitCertificate(lockstep.CertificateIssued)
	must(t, other.SetRouting(t.Context(), wire.RoutingRequest{Call: other.call()}))
	other.away(t)
	other.balanced(t)
	if files() != "[]" {
		t.Errorf("stored: %s", files())
	}
}
