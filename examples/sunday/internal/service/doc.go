// Package service holds what the services of the Sunday example share: who they
// are (Identity), how they log, and how they stop without dropping a request.
//
// A service ends in this order: SIGTERM, no new connections, requests in flight
// finish, exit 0. Requests that outlast Grace are cut and the exit code is 1.
package service
