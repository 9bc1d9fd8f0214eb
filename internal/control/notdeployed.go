package control

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// notDeployed says in words what is recorded and does not run: configuration
// that no deployment has taken yet, services that the matrix has changed
// since the running release was made, replicas and domains. It names keys and
// never values.
func (r recorded) notDeployed(seen Observation, reachable bool) []string {
	if r.active == nil {
		return nil
	}
	out := r.configNotDeployed()
	out = append(out, r.servicesNotDeployed()...)
	out = append(out, r.replicasNotDeployed()...)
	if reachable && len(seen.Routing.Revisions) > 0 && !sameSet(seen.Routing.Domains, r.env.Spec.Domains) {
		out = append(out, "the domains have changed: the next deployment routes them")
	}
	return out
}

// configDiffers says that a deployment of the running release with the newest
// configuration would change what runs.
func (r recorded) configDiffers() bool { return len(r.configNotDeployed()) > 0 }

func (r recorded) configNotDeployed() []string {
	runs := r.active.Content
	if r.release == nil || r.latest.Number == 0 || r.latest.Number == runs.Config {
		return nil
	}
	next, err := config.Freeze(*r.release, r.latest.Document, setting(r.env, r.latest.Number))
	if err != nil {
		return []string{fmt.Sprintf("configuration %d is recorded and %d runs, and it cannot be deployed: %s", r.latest.Number, runs.Config, firstProblem(err))}
	}
	var changes []string
	for _, s := range next.Services {
		i := slices.IndexFunc(runs.Services, func(old lockstep.ServiceSpec) bool { return old.Name == s.Name })
		if i < 0 {
			continue
		}
		if what := specChanges(runs.Services[i], s); len(what) > 0 {
			changes = append(changes, s.Name+" ("+strings.Join(what, ", ")+")")
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("configuration %d is recorded and %d runs: %s; it ships with the next deployment that asks for the latest configuration (--with-config latest)",
		r.latest.Number, runs.Config, strings.Join(changes, ", "))}
}

// servicesNotDeployed compares what the matrix says of services now with what
// it said when the running release was made.
func (r recorded) servicesNotDeployed() []string {
	if r.release == nil || r.wanted == nil {
		return nil
	}
	released := map[string]lockstep.ServiceSpec{}
	for _, s := range r.release.Services {
		s.Artifact, s.Env = "", nil
		released[s.Name] = s
	}
	var out []string
	for _, s := range r.wanted {
		s.Artifact = ""
		old, ok := released[s.Name]
		delete(released, s.Name)
		if !ok {
			out = append(out, fmt.Sprintf("service %s is in the matrix and not in release %s: it ships with the next release", s.Name, r.release.Version))
		} else if what := specChanges(old, s); len(what) > 0 {
			out = append(out, fmt.Sprintf("service %s has changed in the matrix since release %s (%s): it ships with the next release", s.Name, r.release.Version, strings.Join(what, ", ")))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(released)) {
		out = append(out, fmt.Sprintf("service %s of release %s is no longer in the matrix: it goes with the next release", name, r.release.Version))
	}
	return out
}

// replicasNotDeployed compares the recorded replicas with those that the
// deployment of the running revision, or a scale since, started.
func (r recorded) replicasNotDeployed() []string {
	if r.env.StoppedAt != nil {
		return nil // a start takes what is recorded
	}
	var out []string
	for _, s := range r.active.Content.Services {
		if want, now := r.env.Spec.ReplicasOf(s.Name), r.deployed(s.Name); want != now {
			out = append(out, fmt.Sprintf("service %s: %d replicas are recorded and %d deployed; the next deployment changes that", s.Name, want, now))
		}
	}
	return out
}

// specChanges names the fields in which two specs differ.
func specChanges(from, to lockstep.ServiceSpec) []string {
	var out []string
	for _, field := range []struct {
		name     string
		from, to any
	}{
		{"artifact", from.Artifact, to.Artifact},
		{"image", from.Image, to.Image},
		{"command", from.Command, to.Command},
		{"port", from.Port, to.Port},
		{"routes", from.Routes, to.Routes},
		{"health", from.Health, to.Health},
		{"resources", from.Resources, to.Resources},
		{"dependsOn", from.DependsOn, to.DependsOn},
		{"validate", from.Validate, to.Validate},
		{"user", from.User, to.User},
		{"stopGrace", from.StopGrace, to.StopGrace},
	} {
		if !same(field.from, field.to) {
			out = append(out, field.name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(union(union(from.Env, to.Env), secretNames(from, to)))) {
		a, before := from.Env[key]
		b, after := to.Env[key]
		asFile := slices.Contains(from.FileEnv, key) != slices.Contains(to.FileEnv, key)
		if before != after || a != b || asFile || !reflect.DeepEqual(from.SecretEnv[key], to.SecretEnv[key]) {
			out = append(out, "env "+key)
		}
	}
	return out
}

func secretNames(specs ...lockstep.ServiceSpec) map[string]string {
	out := map[string]string{}
	for _, s := range specs {
		for key := range s.SecretEnv {
			out[key] = ""
		}
	}
	return out
}

// firstProblem is the first thing that is wrong, and that there is more.
func firstProblem(err error) string {
	var coded *lockstep.Error
	if !errors.As(err, &coded) || len(coded.Problems) == 0 {
		return err.Error()
	}
	text := coded.Problems[0].Field + ": " + coded.Problems[0].Message
	if n := len(coded.Problems) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

// same takes an empty list and none for equal, as JSON readers do.
func same(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if x.Kind() == reflect.Slice && x.Len() == 0 && y.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, b)
	return out
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
