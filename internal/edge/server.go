package edge

import (
	"net/http"
	"time"
)

// NewServer is a server for the edge's handlers: HTTP/1.1, and HTTP/2 both
// with TLS and in clear text. Who takes too long over a header is dropped;
// answers and bodies may take as long as they like. Listeners are the
// caller's. Its Shutdown does not wait for WebSockets: see DrainAll.
func NewServer(handler http.Handler) *http.Server {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 30 * time.Second, // a machine out of breath takes long to read what has arrived
		IdleTimeout:       2 * time.Minute,  // longer than load balancers keep theirs
		MaxHeaderBytes:    64 << 10,
		Protocols:         protocols,
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: 30 * time.Second, // finds clients that are gone, so that they do not hold up a drain
			PingTimeout:     15 * time.Second,
		},
	}
}
