package secret

import (
	"encoding/binary"

	"github.com/lockstep-dev/lockstep"
)

// bound is what a value is sealed with beside its key: the format, and the
// place. Each part stands behind its length, so that no two places are alike.
func bound(p lockstep.SecretPlace) []byte {
	out := []byte("lockstep secret 1\n")
	for _, part := range []string{p.Project, string(p.Level), p.Owner, p.Key} {
		out = binary.BigEndian.AppendUint64(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}
