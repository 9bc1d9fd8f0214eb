// Package agenttest gives tests real agents, as processes of their own that
// can be killed, and real services to run in them. Both are the test binary
// itself: a package that uses them calls Main from its TestMain.
package agenttest
