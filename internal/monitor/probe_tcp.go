package monitor

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
)

func joinHostPort(host, port string) string { return net.JoinHostPort(host, port) }

var usualPorts = map[string]string{"amqp": "5672", "amqps": "5671", "http": "80", "https": "443", "redis": "6379", "rediss": "6379", "postgres": "5432", "postgresql": "5432"}

// askTCP is content with a connection.
func askTCP(ctx context.Context, at location) (result, error) {
	address := at.address(usualPorts[at.url.Scheme])
	watch := startWatch()
	conn, err := (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", address)
	if err != nil {
		return result{}, err
	}
	r := found("")
	r.took = watch.passed()
	_ = conn.Close() // it was opened; that is all that was asked
	return r, nil
}

func isTLS(err error) bool {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid)
}
