package engine

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A path gets some tries: an app may open its connections at the first one.
const (
	probeTries = 3
	probePause = 200 * time.Millisecond
)

// networking: requests from outside reach the revision and are answered. They
// go to the revision itself, whatever its weight, so that before traffic
// moves it is the new one that answers.
func (v *verification) networking(ctx context.Context) error {
	var answers []string
	for _, path := range v.paths() {
		answer, err := v.probe(ctx, path)
		if err != nil {
			return err
		}
		if answer != "" {
			answers = append(answers, answer)
		}
	}
	switch {
	case len(v.routes.Services) == 0:
		answers = append(answers, "no service is reached from outside")
	case len(answers) == 0:
		answers = append(answers, "no path to ask for: no service that is reached from outside has a health path under its routes, or validate paths")
	}
	v.found("networking", "%s", strings.Join(answers, "; "))
	return nil
}

// paths are each service's validate paths, and its health path where requests
// from outside can reach it.
func (v *verification) paths() []string {
	var out []string
	seen := map[string]bool{}
	add := func(path string) {
		if service, ok := leadsTo(v.routes, path); ok && !v.environment.Enabled(service) {
			return // the router answers it
		}
		if !seen[path] {
			seen[path] = true
			out = append(out, path)
		}
	}
	fill := strings.NewReplacer("{{environment}}", v.environment.Name, "{{project}}", v.environment.Project)
	for _, g := range v.groups {
		if v.replicas(g) == 0 {
			continue
		}
		health := fill.Replace(g.Spec.Health.Path)
		if service, ok := leadsTo(v.routes, health); ok && health != "" && service == g.Service && !strings.Contains(health, "{{") {
			add(health)
		}
		for _, path := range g.Spec.Validate {
			add(fill.Replace(path))
		}
	}
	return out
}

// probe returns the answer for people where it is a good one.
func (v *verification) probe(ctx context.Context, path string) (string, error) {
	var last string
	for try := range probeTries {
		if try > 0 {
			if err := wait(ctx, probePause); err != nil {
				return "", err
			}
		}
		result, err := v.router.Probe(ctx, v.environment.ID, v.routes.Revision, path)
		switch {
		case err != nil:
			return "", err
		case result.Err != "":
			last = result.Err
		case result.Status < 200 || result.Status > 299:
			last = fmt.Sprintf("%s answered %d", named(result.Service), result.Status)
		default:
			return fmt.Sprintf("GET %s answered %d by %s in %s", path, result.Status, named(result.Service), short(result.Duration)), nil
		}
	}
	v.wrong("networking", "GET %s has to answer 2xx: %s (%d tries)", path, last, probeTries)
	return "", nil
}

func named(service string) string {
	if service == "" {
		return "the router"
	}
	return service
}
