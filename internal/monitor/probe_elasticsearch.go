package monitor

import (
	"context"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// askElasticsearch asks Elasticsearch, or OpenSearch, for its cluster.
func (w *web) askElasticsearch(ctx context.Context, at location) (result, error) {
	var cluster struct {
		Status     string `json:"status"`
		Nodes      int    `json:"number_of_nodes"`
		Shards     int    `json:"active_shards"`
		Unassigned int    `json:"unassigned_shards"`
	}
	took, err := w.read(ctx, at, "/_cluster/health", &cluster)
	if err != nil {
		return result{}, err
	}
	var root struct {
		Version struct {
			Number       string `json:"number"`
			Distribution string `json:"distribution"`
		} `json:"version"`
	}
	if _, err := w.read(ctx, at, "/", &root); err != nil {
		return result{}, err
	}
	name := "Elasticsearch"
	if strings.EqualFold(root.Version.Distribution, "opensearch") {
		name = "OpenSearch"
	}
	r := found(strings.TrimSpace(name + " " + root.Version.Number))
	r.took = took
	r.fact("cluster", cluster.Status, cluster.Status)
	r.fact("nodes", cluster.Nodes, plural(cluster.Nodes, "node"))
	r.fact("shards", cluster.Shards, "")
	r.fact("unassigned", cluster.Unassigned, "")
	switch cluster.Status {
	case "green":
	case "yellow":
		r.worse(lockstep.HealthWarning, "the cluster is yellow, %s unassigned", plural(cluster.Unassigned, "shard"))
	case "red":
		r.worse(lockstep.HealthUnhealthy, "the cluster is red, %s unassigned", plural(cluster.Unassigned, "shard"))
	default:
		return result{}, refused("this is not the API of Elasticsearch")
	}
	return r, nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
