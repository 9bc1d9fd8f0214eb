package lockstep

import (
	"fmt"
	"strings"
)

// LedgerKind is a kind of what is made for an environment outside the store.
type LedgerKind string

// The kinds.
const (
	LedgerProcesses   LedgerKind = "processes"    // of instances and jobs
	LedgerGroups      LedgerKind = "groups"       // services of a revision, with their internal addresses
	LedgerPorts       LedgerKind = "ports"        // reserved: of groups, instances and the environment itself
	LedgerJobs        LedgerKind = "jobs"         // with their files
	LedgerFiles       LedgerKind = "files"        // directories: logs, scratch
	LedgerRoutes      LedgerKind = "routes"       // at the router
	LedgerPools       LedgerKind = "pools"        // of ready instances, at the router
	LedgerListeners   LedgerKind = "listeners"    // open sockets of the environment and its groups
	LedgerCertificate LedgerKind = "certificates" // of its domains that no other environment has
)

// Ledger says what was made for an environment while it lived, and what is
// there of it.
type Ledger []LedgerEntry

// LedgerEntry is one kind. Made counts everything that ever was, also what
// was removed long before.
type LedgerEntry struct {
	Kind LedgerKind `json:"kind"`
	Made int64      `json:"made"`
	Left []string   `json:"left,omitempty"` // the names of what is still there
}

// Removed is how many of a kind are gone.
func (e LedgerEntry) Removed() int64 { return max(0, e.Made-int64(len(e.Left))) }

// Left names everything that is still there.
func (l Ledger) Left() []string {
	var out []string
	for _, e := range l {
		for _, name := range e.Left {
			out = append(out, fmt.Sprintf("%s: %s", e.Kind, name))
		}
	}
	return out
}

// String says for people how many were made and removed of each kind.
func (l Ledger) String() string {
	var out []string
	for _, e := range l {
		if e.Made > 0 || len(e.Left) > 0 {
			out = append(out, fmt.Sprintf("%s %d of %d removed", e.Kind, e.Removed(), e.Made))
		}
	}
	return strings.Join(out, ", ")
}
