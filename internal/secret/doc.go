// Package secret seals the values of secrets and opens them. Nothing else in
// the system holds a key.
//
// # Keys
//
//	key file, Vault or KMS ──wraps──► keyset (in the database) ──seals──► values
//
// The keyset is Tink's: one key seals, all of them open. It lies wrapped in
// the database, so that several servers share it; what wraps it is given to
// each server and is never stored beside it. A value is bound to its place
// (project, level, owner, key): moved to another row it does not open.
//
// # Invariants
//
//   - What is there is never overwritten to mend something: a key file is made
//     only where there is no keyset, a keyset only where nothing is sealed.
//   - The key file is on disk before a keyset that it wraps is stored.
//   - The keyset in the database has every key that a stored value needs. A
//     key leaves it in the transaction that sees that nothing needs it, and a
//     value enters the store in one that sees its key there.
//   - Whoever meets a key that it has not loaded loads the keyset anew, so that
//     a server that was away for a whole rotation opens everything still.
//   - Values are lockstep.Sensitive outside of this package and appear in no
//     error of it.
//
// # Rotation
//
//	distribute ──► promote ──► reseal ──► done
//
// All of it is stored, and whichever server has the duty carries it on:
// distribute adds a key and waits until each server that lives has loaded it;
// promote makes it the one that seals and waits again; reseal seals older
// values anew, in small transactions; then the older keys leave the keyset.
// Killed at any point, the next server to look goes on from there.
package secret
