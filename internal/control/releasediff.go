package control

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// runsIn says of releases where each is active.
func runsIn(tx Tx, p lockstep.Project, releases []lockstep.Release) error {
	environments, err := tx.Environments(p.ID)
	if err != nil {
		return err
	}
	where := map[string][]lockstep.ReleaseRun{}
	for _, env := range environments {
		version := running(env)
		if version == "" {
			continue
		}
		run := lockstep.ReleaseRun{EnvironmentID: env.ID, Environment: env.Name, Current: env.ID == p.CurrentID, Stopped: env.StoppedAt != nil}
		if last := env.Metadata.LastDeployment; last != nil && last.Version == version {
			run.Since, run.DeploymentID = &last.DeployedAt, last.DeploymentID
		}
		where[version] = append(where[version], run)
	}
	for i := range releases {
		releases[i].RunsIn = where[releases[i].Version]
	}
	return nil
}

// mostBetween is how many releases a difference names.
const mostBetween = 200

// DiffReleases says in what a release differs from another one.
func (c *Control) DiffReleases(ctx context.Context, projectName, version, with string) (lockstep.ReleaseDiff, error) {
	return view(ctx, c, func(tx Tx) (lockstep.ReleaseDiff, error) {
		var out lockstep.ReleaseDiff
		p, err := project(tx, projectName)
		if err != nil {
			return out, err
		}
		from, err := release(tx, p.ID, with)
		if err != nil {
			return out, err
		}
		to, err := release(tx, p.ID, version)
		if err != nil {
			return out, err
		}
		out.From, out.To, out.Releases = from.Summary(), to.Summary(), []lockstep.ReleaseSummary{}
		if out.Services, err = serviceDiffs(from.Services, to.Services); err != nil {
			return out, err
		}
		newest, _, err := tx.Releases(p.ID, lockstep.Page{Limit: mostBetween})
		older, newer := from, to
		if to.CreatedAt.Before(from.CreatedAt) {
			older, newer = to, from
		}
		reached := false
		for _, r := range newest {
			reached = reached || r.ID == newer.ID
			if r.ID == older.ID {
				break
			}
			if reached {
				out.Releases = append(out.Releases, r.Summary())
			}
		}
		return out, err
	})
}

func serviceDiffs(from, to []lockstep.ServiceSpec) ([]lockstep.ServiceDiff, error) {
	before, after := servicesByName(from), servicesByName(to)
	names := maps.Clone(before)
	maps.Copy(names, after)
	out := []lockstep.ServiceDiff{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, there := before[name]
		is, here := after[name]
		d := lockstep.ServiceDiff{Name: name, Change: lockstep.ServiceSame, Changes: []lockstep.ConfigChange{}}
		switch {
		case !there:
			d.Change = lockstep.ServiceAdded
		case !here:
			d.Change = lockstep.ServiceRemoved
		default:
			d.Artifact = was.Artifact != is.Artifact
			a, err := flat(was)
			if err != nil {
				return nil, err
			}
			b, err := flat(is)
			if err != nil {
				return nil, err
			}
			if d.Changes = append(d.Changes, fieldChanges(a, b)...); len(d.Changes) > 0 {
				d.Change = lockstep.ServiceChanged
			}
		}
		out = append(out, d)
	}
	return out, nil
}

func servicesByName(all []lockstep.ServiceSpec) map[string]lockstep.ServiceSpec {
	out := make(map[string]lockstep.ServiceSpec, len(all))
	for _, s := range all {
		out[s.Name] = s
	}
	return out
}

// flat is a service by the paths of what it says.
func flat(s lockstep.ServiceSpec) (map[string]any, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("service %s: %w", s.Name, err)
	}
	var whole map[string]any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, fmt.Errorf("service %s: %w", s.Name, err)
	}
	out := map[string]any{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		fields, ok := v.(map[string]any)
		if !ok {
			out[at] = v
			return
		}
		for key, value := range fields {
			walk(at+"."+key, value)
		}
	}
	for key, value := range whole {
		walk(key, value)
	}
	return out, nil
}

func fieldChanges(before, after map[string]any) []lockstep.ConfigChange {
	paths := maps.Clone(before)
	maps.Copy(paths, after)
	var out []lockstep.ConfigChange
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		was, there := before[path]
		is, here := after[path]
		change := lockstep.ConfigChange{Type: lockstep.ConfigModify, Path: path, OldValue: was, NewValue: is}
		switch {
		case !there:
			change.Type = lockstep.ConfigAdd
		case !here:
			change.Type = lockstep.ConfigRemove
		case reflect.DeepEqual(was, is):
			continue
		}
		out = append(out, change)
	}
	return out
}
