// Package service holds what the services of the Sunday example share: who they
// are (Identity), how they log, and how they stop without dropping a request.
//
// A service ends in this order: SIGTERM, no new connections, requests of the
// connections accepted until then finish, exit 0. Requests that outlast Grace
// are cut and the exit code is 1. Idle connections are closed at once: a router
// stops sending before it has an instance stopped.
package service
