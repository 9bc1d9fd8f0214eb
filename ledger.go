package lockstep

import (
	"fmt"
	"strings"
)

// LedgerKind is a kind of what is made for an environment outside the store.
type LedgerKind string

// The kinds.
const (
	LedgerProcesses   LedgerKind = "processes"   // of instances and jobs, with what they started
	LedgerGroups      LedgerKind = "groups"      // services of revisions, each with an internal address
	LedgerPorts       LedgerKind = "ports"       // reserved for groups, instances and the environment itself
	LedgerListeners   LedgerKind = "listeners"   // open on such ports
	LedgerRoutes      LedgerKind = "routes"      // at the router, with its pools of instances
	LedgerJobs        LedgerKind = "jobs"        // with their files
	LedgerDirectories LedgerKind = "directories" // for logs, and to work in

	LedgerCgroups      LedgerKind = "cgroups"      // of instances with limits, where the system has them
	LedgerArtifacts    LedgerKind = "artifacts"    // unpacked for it, and for no other environment
	LedgerCertificates LedgerKind = "certificates" // stored for its domains, which no other environment has
)

// LedgerKinds lists the kinds.
func LedgerKinds() []LedgerKind {
	return []LedgerKind{
		LedgerProcesses, LedgerGroups, LedgerPorts, LedgerListeners, LedgerRoutes, LedgerJobs, LedgerDirectories,
		LedgerCgroups, LedgerArtifacts, LedgerCertificates,
	}
}

// Ledger says what was made for an environment while it lived, and what is
// there of it.
type Ledger []LedgerEntry

// LedgerEntry is one kind. Made counts everything that ever was, also what
// was removed long before; of what environments share, what went with this one.
type LedgerEntry struct {
	Kind    LedgerKind `json:"kind"`
	Made    int64      `json:"made"`
	Removed int64      `json:"removed"`
	Left    []string   `json:"left,omitempty"` // the names of what is still there
}

// NewLedgerEntry makes one from what was counted and what was found.
func NewLedgerEntry(kind LedgerKind, made int64, left []string) LedgerEntry {
	return LedgerEntry{Kind: kind, Made: made, Removed: max(0, made-int64(len(left))), Left: left}
}

// Left names everything that is still there.
func (l Ledger) Left() []string {
	var out []string
	for _, e := range l {
		for _, name := range e.Left {
			out = append(out, fmt.Sprintf("of %s: %s", e.Kind, name))
		}
	}
	return out
}

// String says for people how many were made of each kind, and are left.
func (l Ledger) String() string {
	var out []string
	for _, e := range l {
		switch {
		case len(e.Left) > 0:
			out = append(out, fmt.Sprintf("%s %d (%d left)", e.Kind, e.Made, len(e.Left)))
		case e.Made > 0:
			out = append(out, fmt.Sprintf("%s %d", e.Kind, e.Made))
		}
	}
	return strings.Join(out, ", ")
}
