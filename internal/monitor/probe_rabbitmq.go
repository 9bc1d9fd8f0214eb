package monitor

import (
	"context"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// overview is what is read of GET /api/overview.
type overview struct {
	Version string `json:"rabbitmq_version"`
	Objects struct {
		Queues      int `json:"queues"`
		Connections int `json:"connections"`
		Consumers   int `json:"consumers"`
	} `json:"object_totals"`
	Queued struct {
		Messages       int64 `json:"messages"`
		Ready          int64 `json:"messages_ready"`
		Unacknowledged int64 `json:"messages_unacknowledged"`
	} `json:"queue_totals"`
}

// askRabbitMQ asks the management API.
func (w *web) askRabbitMQ(ctx context.Context, at location) (result, error) {
	var o overview
	took, err := w.read(ctx, at, "/api/overview", &o)
	if err != nil {
		return result{}, err
	}
	if o.Version == "" {
		return result{}, refused("this is not the management API of RabbitMQ")
	}
	r := found("RabbitMQ " + o.Version)
	r.took = took
	r.fact("queues", o.Objects.Queues, plural(o.Objects.Queues, "queue"))
	r.fact("pending", o.Queued.Messages, fmt.Sprintf("%d pending", o.Queued.Messages))
	r.fact("ready", o.Queued.Ready, "")
	r.fact("unacknowledged", o.Queued.Unacknowledged, "")
	r.fact("connections", o.Objects.Connections, "")
	r.fact("consumers", o.Objects.Consumers, "")
	if o.Queued.Messages > 0 && o.Objects.Consumers == 0 {
		r.worse(lockstep.HealthWarning, "messages wait and nobody consumes")
	}
	return r, nil
}
