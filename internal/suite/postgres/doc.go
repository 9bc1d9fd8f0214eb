// Package postgres gives tests a PostgreSQL server of their own.
//
// The first call of [Database] in a test binary starts one server; each call creates an empty database on it, which
// belongs to one test and is dropped with it. The server listens on a unix socket in a private folder only, and
// keeps nothing: no fsync, and the folder goes when the server goes.
//
// The server lives exactly as long as the test binary, however that ends: passed, failed, os.Exit, panic, timeout
// or kill -9. A small shell script (server.sh) is the parent of the server and reads from a pipe that nobody writes
// to; when the test binary is gone the kernel closes the pipe, and the script ends the server and removes its
// folder. This needs no TestMain. Pdeathsig would not do: it acts when a thread ends, exists on Linux alone, and
// cannot remove a folder.
//
// As root, which PostgreSQL refuses to run as, the server runs as the user postgres, or nobody.
package postgres
