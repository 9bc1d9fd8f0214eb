package client

import (
	"context"
	"net/http"

	"github.com/lockstep-dev/lockstep"
)

// NewEnvironment is an environment that the matrix does not name yet. Empty
// fields are the template's, or of a clone the source's.
type NewEnvironment struct {
	Name        string                   `json:"name"`
	Template    string                   `json:"template,omitempty"`  // standard, production, preview, or a configuration template; of a clone none
	Variables   map[string]any           `json:"variables,omitempty"` // of the configuration template
	Type        lockstep.EnvironmentType `json:"type,omitempty"`
	Region      string                   `json:"region,omitempty"`
	Description string                   `json:"description,omitempty"`
}

// Cloned is a clone, and what of its configuration is not the source's.
type Cloned struct {
	Environment lockstep.Environment `json:"environment"`
	Rewritten   []struct {
		Path string `json:"path"`
		From string `json:"from"`
		To   string `json:"to"` // "": left out
	} `json:"rewritten"`
}

// CreateEnvironment makes an environment from a template.
func (c *Client) CreateEnvironment(ctx context.Context, env NewEnvironment, opts ChangeOptions) (lockstep.Environment, error) {
	return post[lockstep.Environment](ctx, c, environments, opts.query(), env)
}

// CloneEnvironment makes an environment that is like another one.
func (c *Client) CloneEnvironment(ctx context.Context, source string, env NewEnvironment, opts ChangeOptions) (Cloned, error) {
	return post[Cloned](ctx, c, environments+"/"+seg(source)+"/clone", opts.query(), env)
}

// UpdateEnvironment replaces what the matrix says of one environment: block is
// what stands under environments.<name> there.
func (c *Client) UpdateEnvironment(ctx context.Context, idOrName string, block map[string]any, opts ChangeOptions) (lockstep.Environment, error) {
	var env lockstep.Environment
	err := c.json(ctx, call{method: http.MethodPut, path: environments + "/" + seg(idOrName), query: opts.query()}, block, &env)
	return env, err
}

// Tag changes an environment's tags: set are there afterwards, those with the
// keys of remove are not.
func (c *Client) Tag(ctx context.Context, idOrName string, set map[string]string, remove []string) (lockstep.Environment, error) {
	return post[lockstep.Environment](ctx, c, environments+"/"+seg(idOrName)+"/tags", nil, map[string]any{"set": set, "remove": remove})
}
