package monitor

import (
	"context"
	"crypto/tls"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/lockstep-dev/lockstep"
)

// quietRedis: the library writes what fails to the server's log, besides
// returning it.
var quietRedis = sync.OnceFunc(logging.Disable)

// askRedis asks INFO, and CLUSTER INFO where there is one.
func askRedis(ctx context.Context, at location) (result, error) {
	quietRedis()
	options := &redis.Options{
		Addr: at.address("6379"), Username: at.user, Password: at.password, Protocol: 2, DisableIdentity: true,
		PoolSize: 1, MaxRetries: -1, ContextTimeoutEnabled: true, DialerRetries: 1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if deadline, ok := ctx.Deadline(); ok {
		options.DialTimeout = left(deadline)
	}
	if at.url.Scheme == "rediss" {
		options.TLSConfig = &tls.Config{ServerName: at.url.Hostname(), MinVersion: tls.VersionTLS12}
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	if err := client.Ping(ctx).Err(); err != nil { // the connection's time is not the answer's
		return result{}, redisRefusal(err)
	}
	watch := startWatch()
	text, err := client.Info(ctx).Result()
	took := watch.passed()
	if err != nil {
		return result{}, redisRefusal(err)
	}
	r, err := readRedis(parseRedisInfo(text))
	r.took = took
	if err != nil || r.metadata["mode"] != "cluster" {
		return r, err
	}
	cluster, err := client.ClusterInfo(ctx).Result()
	if err != nil {
		return result{}, redisRefusal(err)
	}
	of := parseRedisInfo(cluster)
	if nodes, ok := of.number("cluster_known_nodes"); ok {
		r.fact("nodes", nodes, plural(int(nodes), "node"))
	}
	if of["cluster_state"] != "ok" {
		r.worse(lockstep.HealthUnhealthy, "the cluster does not serve all keys")
	}
	return r, nil
}

// readRedis is what INFO says.
func readRedis(info redisInfo) (result, error) {
	if info.version() == "" {
		return result{}, refused("this is not Redis")
	}
	r := found(info.version())
	if ratio, ok := info.hitRatio(); ok {
		r.fact("hitRatio", ratio, number(ratio)+"% hits")
	}
	mode := info["redis_mode"]
	if mode == "" {
		mode = info["server_mode"] // of Valkey
	}
	r.fact("mode", mode, mode)
	if role := info["role"]; role == "slave" {
		r.fact("role", "replica", "replica")
		if info["master_link_status"] != "up" {
			r.worse(lockstep.HealthWarning, "its primary is out of reach")
		}
	}
	if used, ok := info.number("used_memory"); ok {
		text := amount(used)
		if most, ok := info.number("maxmemory"); ok && most > 0 {
			text += " of " + amount(most)
			r.fact("maxMemory", most, "")
		}
		r.fact("usedMemory", used, text)
	}
	for name, key := range map[string]string{"clients": "connected_clients", "replicas": "connected_slaves"} {
		if v, ok := info.number(key); ok {
			r.fact(name, v, "")
		}
	}
	if info["loading"] == "1" {
		r.worse(lockstep.HealthUnhealthy, "it is loading its data")
	}
	return r, nil
}

// redisRefusal is what the server says, by its code.
func redisRefusal(err error) error {
	switch code, _, _ := strings.Cut(err.Error(), " "); code {
	case "WRONGPASS", "NOAUTH", "NOPERM":
		return refused("the user or the password was refused (%s)", code)
	case "LOADING", "MASTERDOWN", "CLUSTERDOWN", "BUSY":
		return refused("it answers %s", code)
	case "ERR":
		return refused("it answers with an error, which a wrong user or password may cause")
	}
	return err
}
