// Edge measures the traffic router against nginx, and against kamal-proxy
// where KAMAL_PROXY holds the path of its binary:
//
//	go run ./bench/edge                  the table, in about three minutes
//	go run ./bench/edge -rounds 3 -for 1s -connections 32
//	go run ./bench/edge -gogc 100        with a second edge whose heap grows as Go has it
//	go test -run '^$' -bench . ./bench/edge   the same as benchmark figures
//
// # What is measured
//
// One backend, a plain net/http server, and each router in front of it run as
// processes of their own on this machine. A closed loop drives them: so many
// connections, each with one request at a time, without a pause. The routers
// take turns in short rounds, so that whatever else the machine does hits all
// of them, and each is compared with nginx within the same round. The table
// shows the medians of the rounds. "direct" is the backend without a router:
// what the client and the backend can do at most.
//
// Client and backend share the machine with the router. On two cores they
// need about half of the time, so a ratio of throughput is closer to 1 than
// the routers alone would be; the processor time that a router itself needs
// for a request stands beside it.
//
// nginx runs with one worker a core, no access log, kept connections to the
// backend and the same X-Forwarded headers as the edge sets. The edge routes
// as it does in the agent: by host name, over two revisions of which one has
// no weight, to one of two "instances", both of which are the backend; and its
// heap may grow to five times what lives, as the agent's.
package main
