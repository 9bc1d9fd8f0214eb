package client

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// HistoryFilter narrows a History; empty fields match everything.
type HistoryFilter struct {
	Environment string // ID or name
	Kind        lockstep.HistoryKind
	Actor       string
}

// History lists what happened in the project, the newest first.
func (c *Client) History(ctx context.Context, filter HistoryFilter, page Page) (List[lockstep.HistoryEntry], error) {
	q := page.query()
	for name, value := range map[string]string{"environment": filter.Environment, "kind": string(filter.Kind), "actor": filter.Actor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return get[List[lockstep.HistoryEntry]](ctx, c, "/api/system/history", q)
}
