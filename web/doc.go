// Package web is the dashboard: a program in TypeScript under src/, built by
// Vite into dist/site and embedded here. `make build` builds it first; the
// go command alone compiles too, and what it builds serves a page that says
// how to build the rest.
//
// Handler needs no session and holds nothing secret: whoever may reach the
// server may have the program. What it shows comes from /api, which asks who
// one is.
//
// Files under /assets have a hash of their content in their names and are
// kept by browsers for a year; everything else is asked for again each time
// and has a strong ETag for each encoding. Addresses of pages ("deep links")
// are answered with index.html; /api never is.
package web
