// Package edge is the traffic router of one machine: a library inside the
// agent, which also supervises the instances and tells it which are ready.
//
//	host → environment → revision (by weight) → service (by path) → group → ready instance
//
// # Invariants
//
//  1. A request reads one [view]: routing and pools of its environment as one
//     immutable value behind an atomic pointer. It never sees half of two.
//  2. A request announces itself, then looks again: it counts itself in flight
//     to its group, revision and instance, and only then checks that the view
//     it chose from is still the one in force. If not, it takes itself out and
//     chooses anew. Whoever replaced the view therefore either sees the
//     request in the count, or the request sees the new view. That is why a
//     drain that returned 0 is final: see drain.go.
//  3. No request waits for a lock that a change of routing or pools holds.
//     Changes take turns among themselves and cost microseconds.
//  4. A request whose first byte may have reached an instance is not sent
//     again. Failed dials are tried on another instance of the same group,
//     before the body is touched. The one exception is that of RFC 9110
//     §9.2.2: a GET, HEAD or OPTIONS without a body that went out on a reused
//     connection which turned out to be closed, before any byte of an answer,
//     is sent once more on a fresh one.
//  5. In flight means until the last byte: WebSockets until both directions
//     ended, event streams until they close, and never less than the life of
//     the request's connection to the instance.
//  6. Figures are bounded: each revision has one histogram of fixed size, and
//     goes with the revision once it is out of the routing and drained.
//
// # The way of a request
//
//	server.go    limits of the listener's server
//	handler.go   finds the environment: by host, fixed, or a group's internal address
//	guard.go     refuses what no app should see
//	route.go     host names and path prefixes
//	audience.go  who is led past the weights: clients that stay (sticky.go), testers
//	balance.go   which ready instance
//	seat.go      its place in the counts of what is in flight
//	exchange.go  one request, from seat to answer
//	hold.go      the waiting room
//	forward.go   passes request and answer on
//	proxy.go     what of the request changes on the way; head.go how it is written
//	upstream.go  connections to one instance; conn.go one of them, upload.go and
//	             answer.go its two bodies
//	page.go      what a person sees when there is no answer to pass on
//
// An edge that hands over passes what still reaches it on to the next one
// ([Edge.SetRelay]); a secret that both know lets that one believe what it is
// told of the client. Package certificate has what HTTPS needs.
//
// table.go holds the tables and how they change, claim.go who owns a host
// name, drain.go the waiting for requests in flight, stats.go and histogram.go
// the figures, metrics.go their Prometheus form, probe.go and sample.go requests
// of our own, mirror.go copies of users', apart.go the figures of all that is no
// fair sample of users.
//
// # When a request waits
//
// While a routing has HoldFor, new requests wait, each at most so long from
// its arrival; then they follow the routing that ended the hold, at most
// [releasePace] at a time, so that a fresh instance does not meet all of them
// at once. A request that finds no ready instance waits up to
// Options.ReadyWait for one. Both share one room for each environment with
// Options.RoomLimit places; who finds it full, or waited long enough, gets a
// page: 503 with Retry-After. Bodies are not read meanwhile. A client that
// goes away leaves the room at once, except that net/http cannot see an
// HTTP/1 client go whose body nobody reads: such a one keeps its place until
// its time is up.
//
// # When things fail
//
//	unknown host, or nothing under the path   404
//	nothing served (weights 0, no routing)    503
//	in maintenance                            503
//	no ready instance, room full or too late  503; counted Failed
//	no instance could be dialled              502; counted Failed
//	the answer broke before its header        502; counted in Requests and Errors
//	the answer broke later                    the client's connection breaks too; counted in Errors
//	the client went away                      not counted
//
// The edge sets no deadline on answers: long polls and streams are legal. An
// instance that hangs is its health check's to find.
//
// # Why not all of it is the standard library's
//
// WebSockets go through httputil.ReverseProxy; ordinary requests go through
// forward.go, which does the same without copying every request, and all of
// them over conn.go in place of http.Transport. Those write and read in the
// request's own goroutine, look at an idle connection before they use it, and
// know for certain whether a byte was written, which invariant 4 needs. The
// two together save a quarter of the processor time of a bare ReverseProxy
// over http.Transport, tables and figures included; bench/edge has the rest.
package edge
