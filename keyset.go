package lockstep

import "time"

// Keyset is the keys that secrets are sealed with. They are wrapped: only who
// has the wrapping key, a file or a KMS, can use them.
type Keyset struct {
	Generation int64        `json:"generation"` // grows by one with each change of the keys
	Wrapped    []byte       `json:"-"`
	Wrapper    string       `json:"wrapper"` // what wrapped it; says nothing that is secret
	Keys       []KeysetKey  `json:"keys"`    // the oldest first
	Rotation   *KeyRotation `json:"rotation,omitempty"`
	UpdatedAt  time.Time    `json:"updatedAt"`
}

// KeysetKey is one key of a keyset, without the key.
type KeysetKey struct {
	ID        string    `json:"id"`
	Primary   bool      `json:"primary"` // new values are sealed with it
	CreatedAt time.Time `json:"createdAt"`
}

// Primary is the ID of the key that seals, "" where there is none.
func (k Keyset) Primary() string {
	for _, key := range k.Keys {
		if key.Primary {
			return key.ID
		}
	}
	return ""
}

// Has says that a key belongs to the keyset.
func (k Keyset) Has(id string) bool {
	for _, key := range k.Keys {
		if key.ID == id {
			return true
		}
	}
	return false
}

// KeyRotation is the newest change to another key.
type KeyRotation struct {
	Phase     KeyRotationPhase `json:"phase"`
	To        string           `json:"to"`    // the new key
	Total     int64            `json:"total"` // values that the older keys had sealed when it began
	StartedAt time.Time        `json:"startedAt"`
	StartedBy string           `json:"startedBy"`
	EndedAt   *time.Time       `json:"endedAt,omitempty"`
}

// Open says that a rotation has not ended.
func (r *KeyRotation) Open() bool { return r != nil && r.Phase != RotationDone }

// KeyRotationPhase is how far a rotation is.
type KeyRotationPhase string

// The phases, in their order. Whatever phase a rotation stands still in, each
// server can open everything.
const (
	RotationDistribute KeyRotationPhase = "distribute" // each server loads the new key, which seals nothing yet
	RotationPromote    KeyRotationPhase = "promote"    // each server seals with the new key
	RotationReseal     KeyRotationPhase = "reseal"     // older values are sealed anew
	RotationDone       KeyRotationPhase = "done"       // the older keys are gone
)

// KeyRotationPhases lists them in their order.
func KeyRotationPhases() []KeyRotationPhase {
	return []KeyRotationPhase{RotationDistribute, RotationPromote, RotationReseal, RotationDone}
}

// KeyHolder is a server and the keys that it has loaded.
type KeyHolder struct {
	Holder     string    `json:"holder"`
	Generation int64     `json:"generation"` // 0: none; it cannot open anything
	Fault      string    `json:"fault,omitempty"`
	SeenAt     time.Time `json:"seenAt"`
}

// KeyStatus is how the keys of all servers are.
type KeyStatus struct {
	Keyset  *Keyset          `json:"keyset,omitempty"` // none: nothing was ever sealed
	Sealed  map[string]int64 `json:"sealed"`           // values by the key that sealed them
	Holders []KeyHolder      `json:"holders"`
	Left    int64            `json:"left"` // of a rotation: values that the older keys still seal
}
