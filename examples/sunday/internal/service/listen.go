package service

import (
	"flag"
	"fmt"
	"net"
)

// Listen holds the flags that every service has.
type Listen struct {
	Host string
	Port string
}

// Flags registers --host and --port; the port's default is $PORT, then
// fallback. Port 0 lets the system choose; the log says which it was.
func (l *Listen) Flags(flags *flag.FlagSet, getenv func(string) string, fallback string) {
	flags.StringVar(&l.Host, "host", "127.0.0.1", "address to listen on")
	flags.StringVar(&l.Port, "port", or(getenv("PORT"), fallback), "port to listen on; 0 picks a free one")
}

// Open starts listening.
func (l Listen) Open() (net.Listener, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort(l.Host, l.Port))
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s port %s: %w (choose another with --port)", l.Host, l.Port, err)
	}
	return ln, nil
}
