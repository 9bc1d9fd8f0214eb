//go:build !linux

package agent

const checksOwner = false

// ownerOf cannot be told here without elevated rights: what answers is taken
// for the instance. Info says so.
func (t *table) ownerOf(int, family) (ownership, string) { return oursListens, "" }

func listensSomewhere(int) bool { return false }
