// Package fake is a runtime and a router without processes and requests, for
// tests of whatever uses the contracts. It passes their conformance suites.
//
// An instance does what its service's command says, so that behaviour is
// part of the revision, as in life: two versions of a service that behave
// differently are two groups. Each argument is one line of the script:
//
//	ready after 200ms        not at once
//	hang                     runs and is never ready
//	exit 3                   ends at once with that status, again and again
//	exit 3 after 2s          ends when it has run so long
//	unready after 2s         is ready, and then not any more
//	stubborn                 has to be killed when its grace is over
//	answer 500 on /orders    to requests for that path; 200 elsewhere
//	errors 5%                of the requests that it gets
//	slow 10x                 as long as others for an answer
//	busy 2 for 5s            so many requests outlast the traffic that so long
//	listen 10.0.0.5:80       instead of on a loopback address
//	log no such table        a line that it wrote
//	takes 5s                 until it ends, where it is a job
//	result COUNT=12          that it leaves, where it is a job
//	recovers after 2         so many runs of it fail as exit says, later ones do not, where it is a job
//
// A job does what its command says in the same way: it ends at once with status
// 0 unless exit, takes or hang say else, and {{run}} in a line that it logs is
// how many jobs ran before it.
//
// Beyond that, Load makes requests arrive at an environment, and Inject makes
// effects fail, late, early or for good. Effects lists what really happened,
// which is what tests of idempotence count.
//
// Time is time.Now and timers alone, so that the fake works in a bubble of
// testing/synctest.
package fake
