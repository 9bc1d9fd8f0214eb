// Package api is the way in: HTTP with JSON bodies, described by the OpenAPI
// document at /api/openapi.json (docs/openapi.yaml). It decodes and
// authenticates, calls package control, and turns errors into problems; it
// decides nothing.
//
// What a request passes, from the outside:
//
//  1. access.go: a panic becomes an internal error, the request a log line
//     (method, path, status; never the query, headers or bodies), and its
//     body and its answer get a size and a deadline;
//  2. guard.go: the Host must be one of ours and an Origin our own, so that
//     a web page cannot reach a loopback server by DNS rebinding; then the
//     token or the session (identity.go), which names the actor and the role;
//  3. the ServeMux, whose own 404 and 405 become problems;
//  4. permission.go: whether the role may ask for the operation, before
//     anything of a body is read;
//  5. huma, which checks parameters and bodies against the schemas of their
//     Go types; unknown fields and unknown query parameters are refused, so
//     that a misspelt dryRun does not change anything;
//  6. permission.go again, of what was read: a dry run needs less, the values
//     of secrets need more;
//  7. the handler.
//
// Signing in (session.go) needs no token, and the dashboard's files need no
// more than the right Host.
//
// Errors are RFC 9457 problems (problem.go). None echoes an input's value;
// an error without a code is logged with a reference, and the reference is
// all that is shown.
//
// Event streams (stream.go) read from the store, each in its own request: a
// slow reader holds up nobody and is dropped when it does not take what it is
// sent. They end promptly with CloseStreams, which a Server calls on
// shutdown, and at a heartbeat where whoever asked is not known any more.
//
//go:generate go test -run TestTheDocumentIsCurrent -update .
package api
