// Package certificate gets and keeps the TLS certificates of the edge's
// domains, by ACME (RFC 8555) through certmagic.
//
// # Invariants
//
//  1. A certificate is asked for only where a routing names its domain, never
//     because a client does. Addresses, and names that no CA outside can reach
//     (.localhost), get none.
//  2. Nothing here holds up a request or a change of routing: what is stored is
//     read, everything else happens in goroutines of its own.
//  3. A failure leaves what there is: a domain without a certificate goes on
//     over plain HTTP, one whose renewal fails with the certificate it has.
//  4. HTTP is led to HTTPS only while a certificate is valid by our clock: a
//     person is not sent to a page that the browser refuses.
//  5. A stored certificate is served without asking anybody.
//
// # The life of a domain
//
//	            in a routing
//	                 │
//	   stored? ──yes─┴─no──► pending ──issued──► issued ──the last third──► renewed
//	      │                     │  ▲               ▲                           │
//	      │                 refused again          │   fails: goes on with ────┤
//	      │                     ▼  │               │   the old one, again      │
//	      │                    failed              │   later                   │
//	      └────────────────────────────────────────┘◄──────────────────────────┘
//	out of every routing: forgotten at once; its files stay, for when it is back
//
// # When things fail
//
//	the CA cannot be reached   again after 2 s, doubled up to 5 min
//	the CA refuses             again after 5 min, doubled up to an hour: a CA
//	                           counts refusals for each name (Let's Encrypt: 5 an hour)
//	a renewal fails            certmagic's pauses, 1 min up to 6 h
//	the disk is full           as the CA: nothing is ordered that could not be stored
//	stored files are damaged   they are put aside and a new certificate is asked for
//	the process dies           the next one serves what is stored, and asks for the rest
//
// # The directory
//
// What certmagic calls storage.go's keys, one file each, readable to nobody
// else: certificates/<CA>/<domain>/<domain>.crt, .key and .json, and
// acme/<CA>/users with the account's key. A domain keeps its key when it is
// renewed: certificate and key are two files, and whoever dies between them
// leaves a pair that fits. Whoever wants a new key removes the domain's folder.
package certificate
