package client

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// Switch starts the operation that leads the project's live address to
// another environment. That of a dry run has the steps that it would take.
func (c *Client) Switch(ctx context.Context, req lockstep.EnvironmentSwitchOptions, opts ChangeOptions) (lockstep.Operation, error) {
	return post[lockstep.Operation](ctx, c, environments+"/switch", opts.query(), req)
}

// Switches lists the project's switches and drills, the newest first.
func (c *Client) Switches(ctx context.Context, page Page) (List[lockstep.SwitchResult], error) {
	return get[List[lockstep.SwitchResult]](ctx, c, "/api/system/switches", page.query())
}

// SwitchResult reads one switch by the ID of its operation.
func (c *Client) SwitchResult(ctx context.Context, id string) (lockstep.SwitchResult, error) {
	return get[lockstep.SwitchResult](ctx, c, "/api/system/switches/"+seg(id), nil)
}

// Live is who has the project's live address, and who could take it over.
func (c *Client) Live(ctx context.Context) (lockstep.Live, error) {
	return get[lockstep.Live](ctx, c, "/api/system/live", nil)
}

// ApproveSwitch lets a switch go that waits for an approval, by the ID of its
// operation.
func (c *Client) ApproveSwitch(ctx context.Context, id, comment string) (lockstep.Operation, error) {
	return post[lockstep.Operation](ctx, c, "/api/system/switches/"+seg(id)+"/approve", nil, map[string]string{"comment": comment})
}

// RejectSwitch cancels a switch that waits for an approval.
func (c *Client) RejectSwitch(ctx context.Context, id, reason string) (lockstep.Operation, error) {
	return post[lockstep.Operation](ctx, c, "/api/system/switches/"+seg(id)+"/reject", nil, map[string]string{"reason": reason})
}
