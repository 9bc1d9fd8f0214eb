// Package store keeps everything durable: in a SQLite file on one machine, in
// PostgreSQL for several. All SQL of the system is here, one text for both.
//
// # Invariants
//
// Check looks for each of these; storetest proves that they survive
// concurrency and kill -9.
//
//   - Events are numbered without holes, and no number becomes visible after
//     a greater one: the counter row is the last thing a transaction locks.
//   - A lock belongs to an operation that runs, or that a worker has claimed
//     to plan it. At most one operation holds a resource.
//   - A fence is given once. Only the newest fence of an operation writes to it.
//   - Statuses move as the tables in the root package say.
//   - Steps are numbered from 1 without holes; a phase is planned once.
//   - Canonical bytes match the hash that names them.
//   - A deployment has the status of its operation.
//   - What runs in an environment is not in quarantine there.
//
// # Transactions
//
// Update is one read-write transaction. On SQLite there is one writer
// connection and callers queue for it in the process, so SQLITE_BUSY does not
// occur; on PostgreSQL it is read committed, and each row that is read to be
// changed is locked, in the order project, environment, operation, counter.
// Update runs its function again where PostgreSQL reports a deadlock or a
// serialization failure, so the function has no effects of its own. View sees
// one moment and writes nothing.
//
// A statement that fails ends its transaction on both databases: what the
// function does with the error cannot bring it back.
//
// # When things fail
//
// A full disk, a lost connection and a locked file are
// lockstep.CodeUnavailable: the same call may succeed later, without a
// restart. A damaged or read-only file is lockstep.CodeFailed, a database of
// a newer version lockstep.CodeUnsupported, a data directory in use
// lockstep.CodeConflict. Each message names the database and the remedy; none
// holds a password.
package store
