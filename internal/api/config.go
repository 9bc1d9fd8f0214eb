package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// maxConfigBody bounds a request that changes configuration: more than all
// that may be in it, so that what is too large is named.
const maxConfigBody = 24 << 20

// tagged is an answer that the next change names as what it has seen.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"What was read, for If-Match."`
	Body T
}

// Seen is what a change of a configuration has seen.
type Seen struct {
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The ETag of what the change was made for, or *. Required (428)."`
}

// base is the version that was seen; 0 and \"\" for any.
func (s Seen) base(o *lockstep.ConfigUpdateOptions) error {
	tag := version(s.IfMatch)
	switch tag {
	case "":
		return lockstep.Errorf(lockstep.CodePreconditionRequired, "say which configuration you have seen with If-Match (its ETag), or * for any")
	case "*":
		return nil
	}
	number, hash, both := strings.Cut(tag, "-")
	if both {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 1 {
			return lockstep.Errorf(lockstep.CodeStale, "the entity tag in If-Match is none of ours: read the configuration again")
		}
		o.BaseVersion, tag = n, hash
	}
	o.BaseHash = tag
	return nil
}

func configTag(number int64, hash string) string {
	if number == 0 {
		return `"` + lockstep.ShortHash(hash) + `"`
	}
	return `"` + strconv.FormatInt(number, 10) + "-" + lockstep.ShortHash(hash) + `"`
}

// VariablesBody changes variables by their slots: KEY, or SERVICE/KEY.
type VariablesBody struct {
	Variables map[string]any               `json:"variables" doc:"By name: KEY for every service, SERVICE/KEY for one, feature:NAME/KEY for a feature's. A text, number or boolean sets the value, null removes the variable, and an object says more: value, type, sensitive, required, description, defaultValue, validation, source; what it does not name stays."`
	Options   lockstep.ConfigUpdateOptions `json:"options,omitempty"`
}

// RestoreRequest names the configuration that is to be the newest again.
type RestoreRequest struct {
	Version int64                        `json:"version" minimum:"1"`
	Options lockstep.ConfigUpdateOptions `json:"options,omitempty"`
}

func (h *Handler) configRoutes(tags []string) {
	at := environmentsPath + "/{id}"
	register(h, huma.Operation{
		OperationID: "get-environment-config", Method: http.MethodGet, Path: at + "/config", Tags: tags,
		Summary:     "Its newest configuration, beside the number of the one that runs",
		Description: "Sections, and the variables of all levels as they win. Secrets show as [REDACTED]; with includeSecrets=true, which is noted, as they are.",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		Reveal
	},
	) (*tagged[control.ConfigReport], error) {
		report, err := h.control.Config(ctx, by(ctx, Change{}), in.Project.Project, in.ID, in.IncludeSecrets)
		if err != nil {
			return nil, err
		}
		return &tagged[control.ConfigReport]{configTag(report.Latest, report.Version.Hash), report}, nil
	})
	register(h, huma.Operation{
		OperationID: "update-environment-config", Method: http.MethodPut, Path: at + "/config", Tags: tags, MaxBodyBytes: maxConfigBody,
		Summary: "Change an environment's configuration",
		Description: "A merge patch (RFC 7396) of the sections general, application, infrastructure, integrations, features, performance, logging, backup and maintenance; " +
			"null removes. Beside them `variables`, as PUT …/variables takes them, and `options`. All of it or nothing. What runs changes with the next deployment that asks for it, or at once with options.applyImmediately.",
	}, func(ctx context.Context, in *struct {
		Ref
		Change
		Seen
		Body map[string]any
	},
	) (*tagged[lockstep.ConfigUpdateResult], error) {
		up, err := updateOf(in.Body)
		if err != nil {
			return nil, err
		}
		if err := in.base(&up.Options); err != nil {
			return nil, err
		}
		return updated(h.control.UpdateConfig(ctx, by(ctx, in.Change), in.Project.Project, in.ID, up))
	})
	register(h, huma.Operation{
		OperationID: "list-config-versions", Method: http.MethodGet, Path: at + "/config/versions", Tags: tags,
		Summary: "The versions of an environment's configuration, the newest first", Description: "Without their documents.",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		Page
	},
	) (*body[control.List[lockstep.ConfigVersion]], error) {
		return answer(h.control.ConfigVersions(ctx, in.Project.Project, in.ID, in.page()))
	})
	register(h, huma.Operation{
		OperationID: "get-config-version", Method: http.MethodGet, Path: at + "/config/versions/{version}", Tags: tags,
		Summary: "One version of an environment's configuration",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		Version string `path:"version" maxLength:"20" doc:"A number, latest or running."`
	},
	) (*body[lockstep.ConfigVersion], error) {
		return answer(h.control.ConfigVersion(ctx, in.Project.Project, in.ID, in.Version))
	})
	register(h, huma.Operation{
		OperationID: "diff-config", Method: http.MethodGet, Path: at + "/config/diff", Tags: tags,
		Summary: "What differs between two versions of an environment's configuration",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		From string `query:"from" maxLength:"20" default:"running" doc:"A number, latest or running."`
		To   string `query:"to" maxLength:"20" default:"latest" doc:"A number, latest or running."`
	},
	) (*body[control.ConfigDiff], error) {
		return answer(h.control.DiffConfig(ctx, in.Project.Project, in.ID, in.From, in.To))
	})
	register(h, huma.Operation{
		OperationID: "restore-config", Method: http.MethodPost, Path: at + "/config/restore", Tags: tags,
		Summary:     "Make an earlier configuration the newest again",
		Description: "The environment's own variables and sections are as they were then. What it inherits and what the matrix says stays; what differs by that is a warning each.",
	}, func(ctx context.Context, in *struct {
		Ref
		Change
		Body RestoreRequest
	},
	) (*tagged[lockstep.ConfigUpdateResult], error) {
		return updated(h.control.RestoreConfig(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body.Version, in.Body.Options))
	})
	h.variableRoutes(tags, at)
	h.resolvedRoutes(tags, at)
}

func updated(result lockstep.ConfigUpdateResult, err error) (*tagged[lockstep.ConfigUpdateResult], error) {
	if err != nil {
		return nil, err
	}
	return &tagged[lockstep.ConfigUpdateResult]{configTag(result.Number, result.Hash), result}, nil
}

// updateOf reads a merge patch of a configuration.
func updateOf(in map[string]any) (lockstep.ConfigUpdate, error) {
	var up lockstep.ConfigUpdate
	var problems []lockstep.Problem
	for _, name := range slices.Sorted(maps.Keys(in)) {
		switch value := in[name]; name {
		case "variables":
			slots, ok := value.(map[string]any)
			if !ok {
				problems = append(problems, lockstep.Problem{Field: "variables", Message: "it has to be an object, by the names of variables"})
				continue
			}
			var wrong []lockstep.Problem
			up.Variables, wrong = changesOf(slots)
			problems = append(problems, wrong...)
		case "options":
			if err := into(value, &up.Options); err != nil {
				problems = append(problems, lockstep.Problem{Field: "options", Message: err.Error()})
			}
		default:
			if up.Sections == nil {
				up.Sections = map[lockstep.ConfigSection]any{}
			}
			up.Sections[lockstep.ConfigSection(name)] = value
		}
	}
	return up, invalid(problems)
}

func invalid(problems []lockstep.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	err := lockstep.Errorf(lockstep.CodeInvalid, "the request cannot be read")
	err.Problems = problems[:min(len(problems), 100)]
	return err
}

// changesOf reads variables by their slots, in the order of those.
func changesOf(slots map[string]any) ([]lockstep.VariableChange, []lockstep.Problem) {
	out := make([]lockstep.VariableChange, 0, len(slots))
	var problems []lockstep.Problem
	for _, slot := range slices.Sorted(maps.Keys(slots)) {
		change, err := changeOf(slot, slots[slot])
		if err != nil {
			problems = append(problems, lockstep.Problem{Field: "variables." + slot[:min(len(slot), 100)], Message: err.Error()})
			continue
		}
		out = append(out, change)
	}
	return out, problems
}

func changeOf(slot string, said any) (lockstep.VariableChange, error) {
	var c lockstep.VariableChange
	if fields, ok := said.(map[string]any); ok {
		fields = maps.Clone(fields)
		if value, has := fields["value"]; has {
			text, err := scalar(value)
			if err != nil {
				return c, err
			}
			c.Value = &text
			delete(fields, "value")
		}
		for _, name := range []string{"key", "scope", "target", "remove"} {
			if _, has := fields[name]; has {
				return c, fmt.Errorf("leave %s out: the name says it (KEY, SERVICE/KEY), and null removes", name)
			}
		}
		if _, has := fields["copy"]; has { // it would reach the values of any environment, unnoted
			return c, fmt.Errorf(`there is no key "copy"`)
		}
		value := c.Value
		if err := into(fields, &c); err != nil {
			return c, err
		}
		c.Value = value
	} else if said == nil {
		c.Remove = true
	} else {
		text, err := scalar(said)
		if err != nil {
			return c, err
		}
		c.Value = &text
	}
	c.Scope, c.Target, c.Key = lockstep.ParseSlot(slot)
	return c, nil
}

// maxExact is up to where readers of JSON keep every digit of a number.
const maxExact = 1 << 53

// scalar is a value as a text.
func scalar(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		if math.Abs(v) > maxExact {
			return "", fmt.Errorf("a number as large as this loses digits on its way: write it as a text, in quotes")
		}
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return "", fmt.Errorf("a value is a text, a number or a boolean; give JSON as a text, with type json")
}

// into reads what was decoded already into a type of ours, and says which key
// that does not have.
func into(value, dest any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("it cannot be read")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(dest); err != nil {
		text := err.Error()
		if name, found := strings.CutPrefix(text, "json: unknown field "); found {
			return fmt.Errorf("there is no key %s", name)
		}
		return fmt.Errorf("it does not have the form that is described")
	}
	return nil
}
