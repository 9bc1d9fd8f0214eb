package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/lockstep-dev/lockstep"
)

// EnvironmentConfig is the newest recorded configuration of an environment
// beside the number of the one that runs.
type EnvironmentConfig struct {
	EnvironmentID string                         `json:"environmentId"`
	Running       int64                          `json:"running"`
	Latest        int64                          `json:"latest"`
	Version       lockstep.ConfigVersion         `json:"version"`
	Sections      map[lockstep.ConfigSection]any `json:"-"` // of the version's document
	Variables     []lockstep.Variable            `json:"variables"`
	Problems      []lockstep.Problem             `json:"problems"`
}

// Variables are those of an environment, or the own ones of a project or type.
type Variables struct {
	Environment string              `json:"environment,omitempty"`
	Project     string              `json:"project"`
	Type        string              `json:"type,omitempty"`
	Version     int64               `json:"version,omitempty"`
	Running     int64               `json:"running,omitempty"`
	Hash        string              `json:"hash"`
	Variables   []lockstep.Variable `json:"variables"`
	Problems    []lockstep.Problem  `json:"problems"`
}

// VariableQuery says which variables of an environment to list.
type VariableQuery struct {
	Service string // only what this service gets
	Own     bool   // only what the environment says itself
	Key     string // only those of this name
	Reveal  bool   // with the values of secrets; who asked is noted
}

// VariableOwner is whose variables are meant: an environment's, those of all
// environments of a type, or, where both are empty, the project's.
type VariableOwner struct {
	Environment string
	Type        lockstep.EnvironmentType
}

// ConfigOptions say how a configuration is changed.
type ConfigOptions struct {
	DryRun         bool
	IdempotencyKey string
	Version        int64  // that the change was made for; 0: any
	Hash           string // of that version, or of a project's or a type's variables; "": any
	Description    string
	Apply          bool // deploy what runs with it
	RotateSecrets  bool // a new version of each secret, even where the value is what it was
}

func (o ConfigOptions) options() lockstep.ConfigUpdateOptions {
	return lockstep.ConfigUpdateOptions{Description: o.Description, ApplyImmediately: o.Apply, RotateSecrets: o.RotateSecrets}
}

func (o ConfigOptions) call(path string) call {
	in := call{method: http.MethodPut, path: path, header: http.Header{}, query: url.Values{}}
	tag := "*"
	if o.Hash != "" {
		tag = `"` + lockstep.ShortHash(o.Hash) + `"`
		if o.Version > 0 {
			tag = `"` + strconv.FormatInt(o.Version, 10) + "-" + lockstep.ShortHash(o.Hash) + `"`
		}
	}
	in.header.Set("If-Match", tag)
	if o.IdempotencyKey != "" {
		in.header.Set("Idempotency-Key", o.IdempotencyKey)
	}
	if o.DryRun {
		in.query.Set("dryRun", "true")
	}
	return in
}

// Config reads an environment's configuration.
func (c *Client) Config(ctx context.Context, idOrName string) (EnvironmentConfig, error) {
	out, err := get[EnvironmentConfig](ctx, c, environments+"/"+seg(idOrName)+"/config", nil)
	out.Sections = out.Version.Document.Sections
	return out, err
}

// UpdateConfig changes sections of an environment's configuration by a merge
// patch, and its own variables.
func (c *Client) UpdateConfig(ctx context.Context, idOrName string, sections map[lockstep.ConfigSection]any, changes []lockstep.VariableChange, o ConfigOptions) (lockstep.ConfigUpdateResult, error) {
	body := map[string]any{"options": o.options()}
	for name, patch := range sections {
		body[string(name)] = patch
	}
	if len(changes) > 0 {
		body["variables"] = variablesBody(changes)
	}
	var out lockstep.ConfigUpdateResult
	err := c.json(ctx, o.call(environments+"/"+seg(idOrName)+"/config"), body, &out)
	return out, err
}

// ConfigVersions lists the versions of an environment's configuration, the
// newest first and without documents.
func (c *Client) ConfigVersions(ctx context.Context, idOrName string, page Page) (List[lockstep.ConfigVersion], error) {
	return get[List[lockstep.ConfigVersion]](ctx, c, environments+"/"+seg(idOrName)+"/config/versions", page.query())
}

// ConfigVersion reads a version by its number, latest or running.
func (c *Client) ConfigVersion(ctx context.Context, idOrName, number string) (lockstep.ConfigVersion, error) {
	return get[lockstep.ConfigVersion](ctx, c, environments+"/"+seg(idOrName)+"/config/versions/"+seg(number), nil)
}

// ConfigDiff is what differs between two versions.
type ConfigDiff struct {
	From    int64                   `json:"from"`
	To      int64                   `json:"to"`
	Changes []lockstep.ConfigChange `json:"changes"`
}

// DiffConfig compares two versions: numbers, latest or running.
func (c *Client) DiffConfig(ctx context.Context, idOrName, from, to string) (ConfigDiff, error) {
	return get[ConfigDiff](ctx, c, environments+"/"+seg(idOrName)+"/config/diff", url.Values{"from": {from}, "to": {to}})
}

// RestoreConfig makes an earlier version the newest again.
func (c *Client) RestoreConfig(ctx context.Context, idOrName string, number int64, o ConfigOptions) (lockstep.ConfigUpdateResult, error) {
	return post[lockstep.ConfigUpdateResult](ctx, c, environments+"/"+seg(idOrName)+"/config/restore", o.call("").query,
		map[string]any{"version": number, "options": o.options()})
}

func (o VariableOwner) path(c *Client) string {
	switch {
	case o.Environment != "":
		return environments + "/" + seg(o.Environment) + "/variables"
	case o.Type != "":
		return "/api/system/types/" + seg(string(o.Type)) + "/variables"
	}
	return "/api/system/projects/" + seg(c.project) + "/variables"
}

// Variables lists an owner's variables: of an environment those of all levels.
// For those of a project the client has to know its name.
func (c *Client) Variables(ctx context.Context, owner VariableOwner, query VariableQuery) (Variables, error) {
	q := url.Values{}
	if query.Service != "" {
		q.Set("service", query.Service)
	}
	if query.Own {
		q.Set("own", "true")
	}
	if query.Key != "" {
		q.Set("key", query.Key)
	}
	if query.Reveal {
		q.Set("includeSecrets", "true")
	}
	return get[Variables](ctx, c.above(owner), owner.path(c), q)
}

// above is the client for an owner: a project's path names it already.
func (c *Client) above(owner VariableOwner) *Client {
	if owner == (VariableOwner{}) {
		return c.WithProject("")
	}
	return c
}

// UpdateVariables sets and removes variables of an owner.
func (c *Client) UpdateVariables(ctx context.Context, owner VariableOwner, changes []lockstep.VariableChange, o ConfigOptions) (lockstep.ConfigUpdateResult, error) {
	var out lockstep.ConfigUpdateResult
	err := c.above(owner).json(ctx, o.call(owner.path(c)), map[string]any{"variables": variablesBody(changes), "options": o.options()}, &out)
	return out, err
}

// variablesBody is changes by their slots, as the server reads them.
func variablesBody(changes []lockstep.VariableChange) map[string]any {
	out := make(map[string]any, len(changes))
	for _, v := range changes {
		if v.Remove {
			out[v.Slot()] = nil
			continue
		}
		fields := map[string]any{}
		set(fields, "value", v.Value)
		set(fields, "type", v.Type)
		set(fields, "sensitive", v.Sensitive)
		set(fields, "required", v.Required)
		set(fields, "description", v.Description)
		set(fields, "defaultValue", v.DefaultValue)
		set(fields, "validation", v.Validation)
		set(fields, "copy", v.Copy)
		if v.Source != "" {
			fields["source"] = v.Source
		}
		out[v.Slot()] = fields
	}
	return out
}

func set[T any](fields map[string]any, name string, value *T) {
	if value != nil {
		fields[name] = value
	}
}

// VariableExplanation says where a variable's value comes from, for one
// service.
type VariableExplanation struct {
	Key     string                `json:"key"`
	Service string                `json:"service"`
	Value   string                `json:"value"`
	Type    lockstep.VariableType `json:"type"`
	Said    []struct {
		lockstep.Variable
		Wins bool   `json:"wins"`
		Why  string `json:"why,omitempty"`
	} `json:"said"`
	References []struct {
		Key   string                 `json:"key"`
		Value string                 `json:"value"`
		Level lockstep.VariableLevel `json:"level"`
		Owner string                 `json:"owner"`
	} `json:"references"`
	Problems []lockstep.Problem `json:"problems"`
}

// ExplainVariable says where a value comes from, for each service that gets
// it, or for one.
func (c *Client) ExplainVariable(ctx context.Context, idOrName, key, service string) ([]VariableExplanation, error) {
	q := url.Values{}
	if service != "" {
		q.Set("service", service)
	}
	list, err := get[List[VariableExplanation]](ctx, c, environments+"/"+seg(idOrName)+"/variables/"+seg(key)+"/explain", q)
	return list.Items, err
}
