// Package load puts an application under load while something is done to it,
// and counts honestly what its users would have noticed. The demo, the benches
// and the crash tests all use it, so "no failed request" means the same in each.
//
// # What load is
//
// Arrivals are an open loop: request n is due n/Rate seconds after the start,
// by the clock, whether or not earlier ones were answered. A server that stalls
// therefore meets a growing crowd, as it would in life, and cannot slow the
// measurement down. Where the sender itself was late, it catches up at once;
// latency is counted from the moment a request was due, not from when it left.
//
// Five kinds of request come in fixed proportions, evenly interleaved:
//
//	get        GET of each of GetPaths in turn
//	post       POST of a small JSON order to /api/orders
//	slow       GET /api/slow?ms=…, an answer that takes SlowFor (3 s)
//	websocket  a session on /api/ws that lasts SessionFor (2.5 s): messages at
//	           even intervals, each checked to come back, then a clean close
//	sse        GET /api/events?count=N: N events, then the end of the stream
//
// These are the endpoints of examples/sunday. Each counts as one request,
// however long its session lasts.
//
// NewConnections (half) of the requests open a connection of their own. A
// WebSocket always does, and the other kinds each do so equally often, such that
// the whole comes to the share asked for. What really happened is measured on
// each request through net/http/httptrace and reported: a pool that runs dry
// opens more connections than planned. Pooled connections are given up after
// 15 s without use, before any common server closes them.
//
// # What fails
//
// Nothing is repeated, nothing is followed. net/http would send a GET again
// without a word when a pooled connection turns out to be closed; its requests
// are built here such that it cannot. A request is failed if
//
//   - no connection could be made, or it broke, or the answer was not complete
//     within Timeout;
//   - its status is anything but 2xx (for a WebSocket: 101), redirects included;
//   - its body ended before its announced length or its last chunk, or has
//     neither, so that nobody can tell whether it is whole;
//   - a WebSocket message did not come back as it was sent, or the session did
//     not end by our close (1000) and the server's answer to it. A server that
//     closes first, with 1001 as well as with a reset, has cut the session;
//   - an event stream had fewer or more events than asked for, or broke off.
//
// A request that the server held for a while and then answered is OK; the wait
// is in its latency. Timeout (40 s) is longer than the edge holds requests.
//
// # What is counted
//
// At any moment, and for each kind,
//
//	Sent = OK + Failed + Aborted + in flight
//
// Sent counts when a request leaves, the others when it ends. Shed counts
// arrivals that were not sent because MaxInFlight were under way; they are in
// none of the others. A run with Shed > 0 did not put on the load that it was
// asked for, and whoever reports on it must say so. Aborted are those that the
// end of the run's context cut off: not the server's fault, and not proof
// of anything either.
//
// A Window is the difference between now and an earlier moment. It follows the
// same rule: a request that began before the window and ended inside it is
// among its OK or Failed but not its Sent. What fails after the window was read
// is in the run's total, which is therefore what must be 0 in the end.
//
// ByRelease counts answers by the release that gave them (the X-Sunday-Release
// header, or the version in a WebSocket's echo), failed ones included: a 500 is
// an answer. Latencies are those of OK requests alone. For get, post and slow they
// run to the last byte, for websocket and sse until the session is open. The
// report's own P50 to Max cover get and post, because the others last as long as
// they are told to. Quantiles come from buckets about 3 % wide and are rounded up,
// so memory does not grow with the number of requests.
//
// # How a run ends
//
// Stop ends the arrivals, waits for what is in flight (at most Timeout) and
// returns the total. The end of the context ends both at once. Either way no
// goroutine and no connection stays behind.
package load
