// Package crash holds the tests that kill the real thing: server and agent
// processes get SIGKILL at seeded random moments and at every failpoint,
// under load, on both databases. What has to hold afterwards is in
// afterwards_test.go. There is no code here but tests.
package crash
