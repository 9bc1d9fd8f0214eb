package secret

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/lockstep-dev/lockstep"
)

// keysetBound is authenticated with a wrapped keyset: nothing else that the
// wrapping key may ever encrypt passes for one.
const keysetBound = "lockstep keyset 1\n"

// errNoKey says that a value's key is not in the ring.
var errNoKey = errors.New("its key is not in the keyset")

// ring is one generation of the keyset, unwrapped. It does not change.
type ring struct {
	keyset lockstep.Keyset
	handle *keyset.Handle
	aead   tink.AEAD
}

// firstRing makes a keyset with one key.
func firstRing(now time.Time) (*ring, error) {
	return changed(lockstep.Keyset{}, keyset.NewManager(), now, func(m *keyset.Manager) error {
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return err
		}
		return m.SetPrimary(id)
	})
}

// withKey adds a key that seals nothing yet.
func (r *ring) withKey(now time.Time) (next *ring, added string, err error) {
	next, err = changed(r.keyset, keyset.NewManagerFromHandle(r.handle), now, func(m *keyset.Manager) error {
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		added = keyName(id)
		return err
	})
	return next, added, err
}

// sealingWith lets another key of the ring seal.
func (r *ring) sealingWith(name string, now time.Time) (*ring, error) {
	return changed(r.keyset, keyset.NewManagerFromHandle(r.handle), now, func(m *keyset.Manager) error {
		id, err := keyID(name)
		if err != nil {
			return err
		}
		return m.SetPrimary(id)
	})
}

// only drops every key but one.
func (r *ring) only(name string, now time.Time) (*ring, error) {
	return changed(r.keyset, keyset.NewManagerFromHandle(r.handle), now, func(m *keyset.Manager) error {
		for _, k := range r.keyset.Keys {
			if k.ID == name {
				continue
			}
			id, err := keyID(k.ID)
			if err != nil {
				return err
			}
			if err := m.Delete(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// changed is the next generation.
func changed(before lockstep.Keyset, m *keyset.Manager, now time.Time, change func(*keyset.Manager) error) (*ring, error) {
	if err := change(m); err != nil {
		return nil, fmt.Errorf("change the keyset: %w", err)
	}
	handle, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("change the keyset: %w", err)
	}
	next := lockstep.Keyset{Generation: before.Generation + 1, Wrapper: before.Wrapper, UpdatedAt: now}
	for _, info := range handle.KeysetInfo().GetKeyInfo() {
		key := lockstep.KeysetKey{ID: keyName(info.GetKeyId()), CreatedAt: now}
		for _, old := range before.Keys {
			if old.ID == key.ID {
				key.CreatedAt = old.CreatedAt
			}
		}
		key.Primary = info.GetKeyId() == handle.KeysetInfo().GetPrimaryKeyId()
		next.Keys = append(next.Keys, key)
	}
	return ringOf(next, handle)
}

func ringOf(k lockstep.Keyset, handle *keyset.Handle) (*ring, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("use the keyset: %w", err)
	}
	return &ring{keyset: k, handle: handle, aead: primitive}, nil
}

// wrapped is the keyset as it is stored.
func (r *ring) wrapped(ctx context.Context, w Wrapper) (lockstep.Keyset, error) {
	var b bytes.Buffer
	said := &outspoken{Wrapper: w}
	if err := r.handle.WriteWithContext(ctx, keyset.NewBinaryWriter(&b), said, []byte(keysetBound)); err != nil {
		return lockstep.Keyset{}, said.or(err)
	}
	k := r.keyset
	k.Wrapped, k.Wrapper = b.Bytes(), w.Name()
	return k, nil
}

// unwrapped reads a stored keyset.
func unwrapped(ctx context.Context, k lockstep.Keyset, w Wrapper) (*ring, error) {
	said := &outspoken{Wrapper: w}
	handle, err := keyset.ReadWithContext(ctx, keyset.NewBinaryReader(bytes.NewReader(k.Wrapped)), said, []byte(keysetBound))
	if err != nil {
		return nil, said.or(err)
	}
	return ringOf(k, handle)
}

// outspoken keeps the error of a wrapper, which Tink makes a mere text of.
type outspoken struct {
	Wrapper
	err error
}

func (o *outspoken) EncryptWithContext(ctx context.Context, plain, bound []byte) (out []byte, err error) {
	out, o.err = o.Wrapper.EncryptWithContext(ctx, plain, bound)
	return out, o.err
}

func (o *outspoken) DecryptWithContext(ctx context.Context, wrapped, bound []byte) (out []byte, err error) {
	out, o.err = o.Wrapper.DecryptWithContext(ctx, wrapped, bound)
	return out, o.err
}

func (o *outspoken) or(err error) error {
	if o.err != nil {
		return o.err
	}
	return err
}

func (r *ring) seal(place lockstep.SecretPlace, value lockstep.Sensitive) (sealed []byte, key string, err error) {
	sealed, err = r.aead.Encrypt([]byte(value.Reveal()), bound(place))
	if err != nil {
		return nil, "", fmt.Errorf("seal %s: %w", place.Key, err)
	}
	return sealed, sealedWith(sealed), nil
}

func (r *ring) open(place lockstep.SecretPlace, sealed []byte) (lockstep.Sensitive, error) {
	if key := sealedWith(sealed); key == "" {
		return lockstep.Sensitive{}, errors.New("it is cut short")
	} else if !r.keyset.Has(key) {
		return lockstep.Sensitive{}, fmt.Errorf("%w: %s", errNoKey, key)
	}
	plain, err := r.aead.Decrypt(sealed, bound(place))
	if err != nil {
		return lockstep.Sensitive{}, errors.New("it is damaged, or was sealed for another place")
	}
	return lockstep.Conceal(string(plain)), nil
}

// sealedWith is the key that a ciphertext names: Tink puts a 1 and the key's
// ID before it.
func sealedWith(sealed []byte) string {
	if len(sealed) < 5 || sealed[0] != 1 {
		return ""
	}
	return keyName(binary.BigEndian.Uint32(sealed[1:5]))
}

func keyName(id uint32) string { return fmt.Sprintf("%08x", id) }

func keyID(name string) (id uint32, err error) {
	if _, err := fmt.Sscanf(name, "%08x", &id); err != nil {
		return 0, fmt.Errorf("key %q: %w", name, err)
	}
	return id, nil
}
