package agent

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lockstep-dev/lockstep"
)

// sealHeader begins every sealed file and is authenticated with it, so that
// nothing else that the key might ever seal can be passed off as state.
const sealHeader = "lockstep agent state 1\n"

// sealer encrypts what the agent keeps on disk: specs hold secrets.
type sealer struct {
	aead cipher.AEAD
	key  []byte
}

// openSealer reads the directory's key, and makes one in a directory that has
// none yet.
func openSealer(dir string) (*sealer, error) {
	path := filepath.Join(dir, "key")
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, "state")); err == nil {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "the agent's key %s is missing, and its state cannot be read without: restore the key from a backup, or move the state away to start with nothing", path)
		}
		key = make([]byte, 32)
		if _, err = rand.Read(key); err == nil {
			err = writeDurably(path, key)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("agent key: %w", err)
	}
	if len(key) != 32 {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "the agent's key %s has %d bytes and should have 32: restore it from a backup", path, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("agent key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("agent key: %w", err)
	}
	return &sealer{aead: aead, key: key}, nil
}

// identity names the directory to the processes that belong to it. It follows
// from the key and does not give it away.
func (s *sealer) identity() string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("identity"))
	return hex.EncodeToString(mac.Sum(nil)[:12])
}

// relaySecret is known to the agents of this directory only.
func (s *sealer) relaySecret() string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("relay"))
	return hex.EncodeToString(mac.Sum(nil))
}

// clientKey makes the hashes of this directory's clients its own.
func (s *sealer) clientKey() string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("clients"))
	return string(mac.Sum(nil))
}

func (s *sealer) seal(plain []byte) ([]byte, error) {
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	out := append([]byte(sealHeader), nonce...)
	return s.aead.Seal(out, nonce, plain, []byte(sealHeader)), nil
}

func (s *sealer) open(sealed []byte) ([]byte, error) {
	rest, ok := cutPrefix(sealed, sealHeader)
	if !ok {
		return nil, errors.New("it does not begin like an agent's state of this format")
	}
	if len(rest) < s.aead.NonceSize() {
		return nil, errors.New("it is cut short")
	}
	n := s.aead.NonceSize()
	plain, err := s.aead.Open(nil, rest[:n], rest[n:], []byte(sealHeader))
	if err != nil {
		return nil, errors.New("it is damaged, or was sealed with another key")
	}
	return plain, nil
}

func cutPrefix(b []byte, prefix string) ([]byte, bool) {
	if len(b) < len(prefix) || string(b[:len(prefix)]) != prefix {
		return nil, false
	}
	return b[len(prefix):], true
}
