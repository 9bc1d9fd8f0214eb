package monitor

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
	"github.com/lockstep-dev/lockstep/internal/suite/redis"
)

func TestPostgreSQL(t *testing.T) {
	t.Setenv("PGPASSWORD", "of the server") // means nothing here
	database := postgres.Database(t)
	p := newTestProber(t)
	r := ask(t, p, database, lockstep.CheckSpec{})
	is(t, r, lockstep.HealthHealthy, "")
	if !strings.HasPrefix(r.version, "PostgreSQL ") || r.figure() != "primary, 0 replicas" || r.metadata["replicas"] != 0.0 || r.took <= 0 {
		t.Errorf("result %+v", r)
	}
	is(t, ask(t, p, database, lockstep.CheckSpec{Warn: lockstep.CheckLimits{ReplicasBelow: 2}}), lockstep.HealthWarning, "replicas 0, fewer than 2")
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/no such database's \\ name"
	is(t, ask(t, p, u.String(), lockstep.CheckSpec{Kind: lockstep.CheckPostgreSQL}), lockstep.HealthUnhealthy, "there is no such database")
	is(t, ask(t, p, "postgres://127.0.0.1:1/x", lockstep.CheckSpec{}), lockstep.HealthUnhealthy, "the connection was refused")
	is(t, ask(t, p, "postgres://127.0.0.1:99999/x", lockstep.CheckSpec{}), lockstep.HealthUnhealthy, "the endpoint has no port that there is")

	// What the probe tells of itself, and that it leaves no connection behind.
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	deadline := time.Now().Add(20 * time.Second)
	for left := 1; left > 0; {
		row := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lockstep-check' AND datname = current_database()")
		if err := row.Scan(&left); err != nil || time.Now().After(deadline) {
			t.Fatalf("%d connections stay, %v", left, err)
		}
	}
}

func TestPostgreSQLConfigIsAllOurs(t *testing.T) {
	t.Setenv("PGPASSWORD", "of the server")
	t.Setenv("PGHOST", "elsewhere")
	t.Setenv("PGOPTIONS", "-c statement_timeout=1")
	at, err := locate("postgres://watch@db.internal/shop?sslmode=require", lockstep.CheckSpec{Kind: lockstep.CheckPostgreSQL})
	if err != nil {
		t.Fatal(err)
	}
	c, err := postgresConfig(at)
	if err != nil {
		t.Fatal(err)
	}
	if c.Host != "db.internal" || c.Port != 5432 || c.User != "watch" || c.Password != "" || c.Database != "shop" || c.TLSConfig == nil || len(c.Fallbacks) != 0 || len(c.RuntimeParams) != 1 {
		t.Errorf("config %+v", c.Config)
	}
}

func TestRedis(t *testing.T) {
	t.Parallel()
	address := redis.Server(t, "hunter2", "maxmemory 100mb")
	p := newTestProber(t)
	p.credential(t, "right", "hunter2")
	p.credential(t, "wrong", "hunter3")
	r := ask(t, p, "redis://"+address, lockstep.CheckSpec{PasswordFile: "right"})
	is(t, r, lockstep.HealthHealthy, "")
	if !strings.HasPrefix(r.version, "Redis ") && !strings.HasPrefix(r.version, "Valkey ") {
		t.Errorf("version %q", r.version)
	}
	if r.metadata["mode"] != "standalone" || r.metadata["maxMemory"] != 100.0*1024*1024 || !strings.Contains(r.figure(), " of 100 MiB") {
		t.Errorf("figure %q, %v", r.figure(), r.metadata)
	}
	for _, c := range []lockstep.CheckSpec{{PasswordFile: "wrong"}, {}, {User: "nobody", PasswordFile: "right"}} {
		r := ask(t, p, "redis://"+address, c)
		if r.status != lockstep.HealthUnhealthy || !strings.HasPrefix(r.message, "the user or the password was refused") {
			t.Errorf("%+v: %s, %q", c, r.status, r.message)
		}
	}
	is(t, ask(t, p, "redis://127.0.0.1:1", lockstep.CheckSpec{}), lockstep.HealthUnhealthy, "the connection was refused")
}

func TestRedisInfo(t *testing.T) {
	t.Parallel()
	read := func(text string) result {
		r, err := readRedis(parseRedisInfo(text))
		if err != nil {
			r = failed(err)
		}
		return r
	}
	r := read("# Server\r\nredis_version:6.2.6\r\nredis_mode:cluster\r\n\r\n# Memory\r\nused_memory:1048576\r\nmaxmemory:0\r\nrole:master\r\nkeyspace_hits:89\r\nkeyspace_misses:11\r\nconnected_slaves:2\r\n")
	is(t, r, lockstep.HealthHealthy, "")
	if r.version != "Redis 6.2.6" || r.figure() != "89% hits, cluster, 1.0 MiB" || r.metadata["replicas"] != 2.0 {
		t.Errorf("%q, %q, %v", r.version, r.figure(), r.metadata)
	}
	r.judge(lockstep.CheckLimits{HitRatioBelow: 90})
	is(t, r, lockstep.HealthWarning, "hits 89%, fewer than 90%")
	is(t, read("redis_version:1\nloading:1"), lockstep.HealthUnhealthy, "it is loading its data")
	is(t, read("redis_version:1\nrole:slave\nmaster_link_status:down"), lockstep.HealthWarning, "its primary is out of reach")
	is(t, read("hello"), lockstep.HealthUnhealthy, "this is not Redis")
	if v := read("redis_version:7.2.4\nvalkey_version:8.0.1").version; v != "Valkey 8.0.1" {
		t.Errorf("version %q", v)
	}
}

func FuzzRedisInfo(f *testing.F) {
	f.Add("redis_version:7\r\nkeyspace_hits:1\r\nkeyspace_misses:1e308\r\nused_memory:1e308")
	f.Add("redis_version:\nkeyspace_hits:-1\nkeyspace_misses:NaN\n:::\n\x00")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := readRedis(parseRedisInfo(text))
		if err != nil {
			return
		}
		if ratio, ok := r.metadata["hitRatio"].(float64); ok && (ratio < 0 || ratio > 100) {
			t.Errorf("hit ratio %v", ratio)
		}
		if shown := r.shown(); strings.ContainsAny(shown.version+shown.figure(), "\x00\x1b\n") {
			t.Errorf("shown %q, %q", shown.version, shown.figure())
		}
	})
}

// answers is a server that answers as the documentation of another shows it.
func answers(t *testing.T, byPath map[string]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "watch" || password != "hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, ok := byPath[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestRabbitMQ(t *testing.T) {
	t.Parallel()
	p := newTestProber(t)
	p.credential(t, "mq", "hunter2")
	check := lockstep.CheckSpec{Kind: lockstep.CheckRabbitMQ, User: "watch", PasswordFile: "mq"}
	const overview = `{"management_version":"3.12.1","rabbitmq_version":"3.12.1","cluster_name":"rabbit@mq","message_stats":{"publish":9},
  "queue_totals":{"messages":234,"messages_ready":200,"messages_unacknowledged":34},
  "object_totals":{"channels":2,"connections":2,"consumers":%d,"exchanges":7,"queues":12},"listeners":[]}`
	endpoint := answers(t, map[string]string{"/api/overview": fmt.Sprintf(overview, 3)})
	r := ask(t, p, endpoint+"/", check)
	is(t, r, lockstep.HealthHealthy, "")
	if r.version != "RabbitMQ 3.12.1" || r.figure() != "12 queues, 234 pending" {
		t.Errorf("%q, %q", r.version, r.figure())
	}
	limited := check
	limited.Warn.PendingAbove = 233
	is(t, ask(t, p, endpoint, limited), lockstep.HealthWarning, "234 pending, more than 233")
	alone := answers(t, map[string]string{"/api/overview": fmt.Sprintf(overview, 0)})
	is(t, ask(t, p, alone, check), lockstep.HealthWarning, "messages wait and nobody consumes")
	is(t, ask(t, p, answers(t, map[string]string{"/api/overview": "{}"}), check), lockstep.HealthUnhealthy, "this is not the management API of RabbitMQ")
	is(t, ask(t, p, answers(t, nil), check), lockstep.HealthUnhealthy, "answers 404 Not Found")
	check.User = "eve"
	is(t, ask(t, p, endpoint, check), lockstep.HealthUnhealthy, "the user or the password was refused (401 Unauthorized)")
}

func TestElasticsearch(t *testing.T) {
	t.Parallel()
	p := newTestProber(t)
	p.credential(t, "search", "hunter2")
	check := lockstep.CheckSpec{Kind: lockstep.CheckElasticsearch, User: "watch", PasswordFile: "search"}
	server := func(status, root string) string {
		return answers(t, map[string]string{
			"/es/":                root,
			"/es/_cluster/health": `{"cluster_name":"es","status":"` + status + `","timed_out":false,"number_of_nodes":3,"number_of_data_nodes":3,"active_primary_shards":5,"active_shards":10,"unassigned_shards":1}`,
		}) + "/es"
	}
	const root = `{"name":"n1","cluster_name":"es","version":{"number":"7.15.2","build_flavor":"default"},"tagline":"You Know, for Search"}`
	r := ask(t, p, server("green", root), check)
	is(t, r, lockstep.HealthHealthy, "")
	if r.version != "Elasticsearch 7.15.2" || r.figure() != "green, 3 nodes" {
		t.Errorf("%q, %q", r.version, r.figure())
	}
	is(t, ask(t, p, server("yellow", root), check), lockstep.HealthWarning, "the cluster is yellow, 1 shard unassigned")
	is(t, ask(t, p, server("red", root), check), lockstep.HealthUnhealthy, "the cluster is red, 1 shard unassigned")
	is(t, ask(t, p, server("blue", root), check), lockstep.HealthUnhealthy, "this is not the API of Elasticsearch")
	if v := ask(t, p, server("green", `{"version":{"distribution":"opensearch","number":"2.11.0"}}`), check).version; v != "OpenSearch 2.11.0" {
		t.Errorf("version %q", v)
	}
	check.Warn.NodesBelow = 4
	is(t, ask(t, p, server("green", root), check), lockstep.HealthWarning, "nodes 3, fewer than 4")
}

func TestS3(t *testing.T) {
	t.Parallel()
	backend := s3mem.New()
	if err := backend.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	put := func(name string, size int) {
		t.Helper()
		if _, err := backend.PutObject("files", name, nil, bytes.NewReader(make([]byte, size)), int64(size), nil); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1500 { // two pages
		put(fmt.Sprint("o", i), 1024)
	}
	var signature string
	s3 := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signature = r.Header.Get("Authorization")
		s3.ServeHTTP(w, r)
	}))
	defer s.Close()
	p := newTestProber(t)
	p.credential(t, "key", "hunter2")
	check := lockstep.CheckSpec{Kind: lockstep.CheckS3, User: "AKIA", PasswordFile: "key"}
	r := ask(t, p, s.URL+"/files/below", check)
	is(t, r, lockstep.HealthHealthy, "")
	if r.figure() != "1.5 MiB used" || r.metadata["usedBytes"] != 1500.0*1024 {
		t.Errorf("figure %q", r.figure())
	}
	if !strings.HasPrefix(signature, "AWS4-HMAC-SHA256 Credential=AKIA/") || strings.Contains(signature, "hunter2") {
		t.Errorf("signature %q", signature)
	}
	put("more", 1<<20)
	if r := ask(t, p, s.URL+"/files/below", check); r.figure() != "1.5 MiB used" {
		t.Errorf("the used space is added up each time: %q", r.figure())
	}
	now := time.Now().Add(usageKept + time.Second)
	p.usage.now = func() time.Time { return now }
	check.Warn.UsedAbove = "2Mi"
	is(t, ask(t, p, s.URL+"/files/below", check), lockstep.HealthWarning, "2.5 MiB used, more than 2Mi")
	is(t, ask(t, p, s.URL+"/nothing", check), lockstep.HealthUnhealthy, "there is no bucket nothing")
	is(t, ask(t, p, s.URL, check), lockstep.HealthUnhealthy, "the endpoint names no bucket: write https://host/bucket")
}

// TestS3Bounded: a bucket of many objects is counted in part.
func TestS3Bounded(t *testing.T) {
	t.Parallel()
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		fmt.Fprintf(w, `<ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated><NextContinuationToken>%d</NextContinuationToken><Contents><Size>1048576</Size></Contents></ListBucketResult>`, asked)
	}))
	defer s.Close()
	r := ask(t, newTestProber(t), s.URL+"/b", lockstep.CheckSpec{Kind: lockstep.CheckS3})
	if is(t, r, lockstep.HealthHealthy, ""); asked != 1+listAtMost || r.figure() != "more than 10.0 MiB used" {
		t.Errorf("asked %d times, figure %q", asked, r.figure())
	}
}
