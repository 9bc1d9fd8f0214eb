package monitor

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// askPostgreSQL asks what a database says of itself; the answer's time is
// that of the query, without the connection's.
func askPostgreSQL(ctx context.Context, at location) (result, error) {
	config, err := postgresConfig(at)
	if err != nil {
		return result{}, err
	}
	watch := startWatch()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return result{}, postgresRefusal(err)
	}
	defer func() {
		// The probe's own time may be over; a farewell has a little of its own.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	connected := watch.passed()
	var version string
	var standby bool
	var replicas int64
	watch = startWatch()
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version'), pg_is_in_recovery(),
  (SELECT count(*) FROM pg_stat_replication WHERE coalesce(state, 'streaming') = 'streaming')`).Scan(&version, &standby, &replicas)
	if err != nil {
		return result{}, postgresRefusal(err)
	}
	version, _, _ = strings.Cut(version, " ")
	r := found("PostgreSQL " + version)
	r.took = watch.passed()
	r.fact("connectMs", float64(connected.Milliseconds()), "")
	if standby {
		r.fact("role", "replica", "replica")
		return r, nil
	}
	r.fact("role", "primary", "primary")
	r.fact("replicas", replicas, plural(int(replicas), "replica"))
	return r, nil
}

// postgresConfig says everything itself: what the environment of the server
// says (PGPASSWORD, PGSERVICE, ~/.pgpass) is not meant for this database.
func postgresConfig(at location) (*pgx.ConnConfig, error) {
	database := cmp.Or(strings.Trim(at.url.Path, "/"), "postgres")
	mode := cmp.Or(at.url.Query().Get("sslmode"), "prefer")
	user := cmp.Or(at.user, "postgres")
	host := cmp.Or(at.url.Query().Get("host"), at.url.Hostname()) // the former may be a folder with a socket
	port := cmp.Or(at.url.Port(), at.url.Query().Get("port"), "5432")
	if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
		return nil, refused("the endpoint has no port that there is")
	}
	var b strings.Builder
	for _, kv := range [][2]string{
		{"host", host},
		{"port", port},
		{"user", user},
		{"dbname", database},
		{"sslmode", mode},
		{"password", at.password},
		{"passfile", "/dev/null"},
		{"application_name", "lockstep-check"},
	} {
		b.WriteString(kv[0] + "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(kv[1]) + "' ")
	}
	config, err := pgx.ParseConfig(b.String())
	if err != nil {
		return nil, refused("the endpoint cannot be read: write postgresql://user@host:port/database?sslmode=verify-full")
	}
	config.Password = at.password
	for _, other := range config.Fallbacks {
		if other.Host != config.Host {
			return nil, refused("the endpoint names more than one host")
		}
	}
	config.RuntimeParams = map[string]string{"application_name": "lockstep-check"}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // also through a pool that shares connections
	return config, nil
}

// postgresRefusal is what the database says, by its code.
func postgresRefusal(err error) error {
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return err
	}
	switch said.Code {
	case "28P01", "28000":
		return refused("the user or the password was refused")
	case "3D000":
		return refused("there is no such database")
	case "53300":
		return refused("it has no connection to spare")
	case "57P03":
		return refused("it is starting or stopping")
	}
	return refused("it answers with error %s", said.Code)
}
