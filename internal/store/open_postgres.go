package store

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/lockstep-dev/lockstep"
)

// postgresConnections bounds what one server takes of the database's limit
// (100 by default), so that several fit.
const postgresConnections = 20

func (s *Store) openPostgres(ctx context.Context, options Options) error {
	if !isPostgresURL(options.DatabaseURL) {
		return lockstep.Invalid("database-url", "the database URL has to start with postgres://; without one, data is kept in the data directory")
	}
	config, err := pgx.ParseConfig(options.DatabaseURL)
	if err != nil {
		// The parser's message repeats the URL, and with it perhaps a password.
		return lockstep.Invalid("database-url", "the database URL cannot be read: write postgres://user:password@host:port/database, with special characters percent-encoded")
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "lockstep"
	}
	address := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	s.dialect = postgresDialect{database: config.Database + " on " + address}
	s.writer = stdlib.OpenDB(*config)
	s.reader = s.writer
	s.writer.SetMaxOpenConns(postgresConnections)
	s.writer.SetMaxIdleConns(postgresConnections / 2)
	s.writer.SetConnMaxIdleTime(5 * time.Minute)
	return s.dialect.prepare(ctx, s.writer)
}
