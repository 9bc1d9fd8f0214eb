package agent

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// What environments may share goes with the last that used it: the unpacked
// artifacts that no other environment uses, and the certificates of domains
// that no other has.

// uses notes that an environment uses an artifact, and forgets those that were
// tidied away since.
func (a *agent) uses(e *environment, digest string) {
	if digest == "" || slices.Contains(e.Artifacts, digest) {
		return
	}
	e.Artifacts = append(slices.DeleteFunc(e.Artifacts, func(d string) bool { return !a.artifacts.has(d) }), digest)
	e.count(lockstep.LedgerArtifacts, 1)
}

// artifactsOf are the unpacked artifacts that only this environment uses.
func (a *agent) artifactsOf(env string) (out []string) {
	for _, digest := range a.store.view().environment(env).Artifacts {
		if a.artifacts.has(digest) && !a.usedElsewhere(env, digest) {
			out = append(out, digest)
		}
	}
	return out
}

// sharedArtifacts counts those that others use too.
func (a *agent) sharedArtifacts(env string) (n int) {
	for _, digest := range a.store.view().environment(env).Artifacts {
		if a.artifacts.has(digest) && a.usedElsewhere(env, digest) {
			n++
		}
	}
	return n
}

// usedElsewhere says whether another environment uses an artifact, or has used
// it and may again.
func (a *agent) usedElsewhere(env, digest string) bool {
	for id, e := range a.store.view().Environments {
		if id == env || e.isRemoved() {
			continue
		}
		if slices.Contains(e.Artifacts, digest) {
			return true
		}
		for _, g := range e.Groups { // of before these were noted
			if g.Spec.Artifact == digest {
				return true
			}
		}
	}
	return false
}

// certificatesOf are the domains of an environment for which something is
// stored, and which no other environment has.
func (a *agent) certificatesOf(env string) (out []string) {
	if a.certificates == nil {
		return nil
	}
	all := a.store.view()
	return slices.DeleteFunc(a.certificates.Stored(all.environment(env).Domains), func(domain string) bool {
		for id, e := range all.Environments {
			if id != env && e.Routing != nil && slices.Contains(e.Routing.Domains, domain) {
				return true
			}
		}
		return false
	})
}

// dropBelongings removes what only an environment used that was removed, and
// remembers what of that is still there.
func (a *agent) dropBelongings(env string) {
	a.trees.Lock()
	for _, digest := range a.artifactsOf(env) {
		if err := a.artifacts.drop(digest); err != nil {
			a.log.Error("cannot remove an artifact", "artifact", digest, "error", err)
		}
	}
	a.trees.Unlock()
	for _, domain := range a.certificatesOf(env) {
		if err := a.certificates.Forget(domain); err != nil {
			a.log.Error("cannot remove a certificate", "domain", domain, "error", err)
		}
	}
	artifacts, domains := a.artifactsOf(env), a.certificatesOf(env)
	err := a.store.change(env, func(e *environment) error {
		if !e.isRemoved() || len(e.Artifacts) == len(artifacts) && len(e.Domains) == len(domains) {
			return errUnchanged
		}
		e.Artifacts, e.Domains = artifacts, domains
		return nil
	})
	if err != nil {
		a.log.Error("cannot note what is left of an environment", "environment", env, "error", err)
	}
}

// has says whether an artifact is unpacked here.
func (a *artifacts) has(digest string) bool {
	_, err := os.Lstat(a.path(digest))
	return err == nil
}

// drop removes an unpacked artifact.
func (a *artifacts) drop(digest string) error {
	defer a.lock(digest)()
	return a.discard(strings.TrimPrefix(digest, "sha256:"))
}

// discard removes a tree. It loses its name first, so that no half of one is
// ever found.
func (a *artifacts) discard(name string) error {
	tree, aside := filepath.Join(a.dir, name), filepath.Join(a.tmp, "gone-"+name)
	if err := errors.Join(os.Chmod(tree, 0o755), os.Rename(tree, aside)); err != nil {
		return err
	}
	return removeTree(aside)
}

func union(some, more []string) []string {
	for _, s := range more {
		if !slices.Contains(some, s) {
			some = append(some, s)
		}
	}
	return some
}
