package agent

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"testing"
)

// KeepLooking is Keep with another time between two looks.
var KeepLooking = keep

// EditRecords changes the instances in a state that no agent holds, as a
// crash at another moment would have left them.
func EditRecords(dir string, edit func(id string, pid *int, born, launch *string)) error {
	seal, err := openSealer(dir)
	if err != nil {
		return err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return err
	}
	defer lock.Close() //nolint:errcheck // which gives it up
	sealed, err := seal.load(filepath.Join(dir, "state"))
	if err != nil {
		return err
	}
	for _, e := range sealed.Environments {
		for _, g := range e.Groups {
			for id, r := range g.Instances {
				edit(id, &r.PID, &r.Born, &r.Launch)
			}
		}
	}
	return seal.save(filepath.Join(dir, "state"), sealed)
}

// Refuses is HookNetwork.refuses.
func Refuses(n HookNetwork, addr netip.Addr, local bool) string { return n.refuses(addr, local) }

// IsLocal is isLocal.
func IsLocal(t *testing.T, text string) bool {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return isLocal(u)
}
