package client

import (
	"bytes"
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// fallback is the encrypted copy of one configuration: a line that says what
// it is, which everybody may read and nobody change, and AES-256-GCM.
type fallback struct {
	file  string
	key   cipher.AEAD
	head  fallbackHead
	wrote AppState // what the file has
}

// fallbackHead is what a copy is of. Another one is never taken for it.
type fallbackHead struct {
	Format      string `json:"format"`
	Server      string `json:"server"`
	Project     string `json:"project,omitempty"`
	Environment string `json:"environment"`
	Service     string `json:"service"`
	Version     string `json:"version,omitempty"`
	Secrets     bool   `json:"secrets,omitempty"`
	Key         string `json:"key"` // which one sealed it
}

const (
	fallbackFormat = "lockstep configuration 1"
	freshen        = 10 * time.Minute // how old the time in a copy becomes while nothing changes
	maxFallback    = 64 << 20
)

func openFallback(o AppOptions) (*fallback, error) {
	file := cmp.Or(o.FallbackKey, o.FallbackFile+".key")
	raw, err := fallbackKey(file)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", file, err)
	}
	key, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", file, err)
	}
	sum := sha256.Sum256(append([]byte("lockstep key id"), raw...))
	return &fallback{file: o.FallbackFile, key: key, head: fallbackHead{
		Format: fallbackFormat, Server: o.Client.base.Redacted(), Project: o.Client.project, Environment: o.Environment,
		Service: o.Service, Version: o.Version, Secrets: o.Reveal, Key: hex.EncodeToString(sum[:4]),
	}}, nil
}

// fallbackKey reads the key, or makes one. Of several processes that make one
// at once one wins, and the others read that.
func fallbackKey(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		raw := make([]byte, 32)
		_, _ = rand.Read(raw) // never fails
		err = writeOnce(file, []byte(base64.StdEncoding.EncodeToString(raw)+"\n"))
		if err == nil || errors.Is(err, fs.ErrExist) {
			info, err = os.Stat(file)
		}
	}
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "the key of the configuration's copy cannot be had: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "the key %s can be read by others: chmod 600 it", file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "the key of the configuration's copy cannot be read: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != 32 {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "%s is no key: it has to be 32 bytes in base64; remove it together with the copy, and both are made anew", file)
	}
	return raw, nil
}

// temporary is a file of its own beside another one, for its owner alone.
func temporary(file string, content []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// writeOnce makes a file, whole, where there is none.
func writeOnce(file string, content []byte) error {
	name, err := temporary(file, content)
	if err != nil {
		return err
	}
	err = os.Link(name, file)
	_ = os.Remove(name)
	return err
}

// keep writes a copy where the one that is there is another or old.
func (f *fallback) keep(s AppState) error {
	if f.wrote.ETag == s.ETag && s.ReadAt.Sub(f.wrote.ReadAt) < freshen {
		return nil
	}
	head, err := json.Marshal(f.head)
	if err != nil {
		return fmt.Errorf("copy of the configuration: %w", err)
	}
	content, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("copy of the configuration: %w", err)
	}
	nonce := make([]byte, f.key.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	sealed := f.key.Seal(nonce, nonce, content, head)
	name, err := temporary(f.file, append(append(head, '\n'), sealed...))
	if err == nil {
		if err = os.Rename(name, f.file); err != nil {
			_ = os.Remove(name)
		}
	}
	if err != nil {
		return fmt.Errorf("the copy of the configuration cannot be written: %w", err)
	}
	f.wrote = s
	return nil
}

// read reads the copy, whole and of exactly what is asked for, or not at all.
func (f *fallback) read() (AppState, error) {
	var s AppState
	info, err := os.Stat(f.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, lockstep.Errorf(lockstep.CodeNotFound, "there is none yet at %s", f.file)
	case err != nil:
		return s, lockstep.Errorf(lockstep.CodeInvalid, "%w", err)
	case !info.Mode().IsRegular() || info.Size() > maxFallback:
		return s, lockstep.Errorf(lockstep.CodeInvalid, "%s is no copy of a configuration", f.file)
	}
	raw, err := os.ReadFile(f.file)
	if err != nil {
		return s, lockstep.Errorf(lockstep.CodeInvalid, "%w", err)
	}
	line, sealed, found := bytes.Cut(raw, []byte("\n"))
	var head fallbackHead
	if err := json.Unmarshal(line, &head); err != nil || !found || head.Format != fallbackFormat {
		return s, lockstep.Errorf(lockstep.CodeInvalid, "%s is no copy of a configuration, or it is damaged: remove it", f.file)
	}
	if err := f.same(head); err != nil {
		return s, err
	}
	damaged := lockstep.Errorf(lockstep.CodeInvalid, "%s is damaged or cut off: remove it", f.file)
	if len(sealed) < f.key.NonceSize() {
		return s, damaged
	}
	content, err := f.key.Open(nil, sealed[:f.key.NonceSize()], sealed[f.key.NonceSize():], line)
	if err != nil {
		return s, damaged
	}
	if err := json.Unmarshal(content, &s); err != nil || s.ETag == "" {
		return AppState{}, damaged
	}
	return s, nil
}

// same says how a copy is another one than what is asked for.
func (f *fallback) same(head fallbackHead) error {
	want := f.head
	for _, d := range []struct{ what, is, want string }{
		{"server", head.Server, want.Server},
		{"project", head.Project, want.Project},
		{"environment", head.Environment, want.Environment},
		{"service", head.Service, want.Service},
		{"version", head.Version, want.Version},
		{"secrets", fmt.Sprint(head.Secrets), fmt.Sprint(want.Secrets)},
	} {
		if d.is != d.want {
			return lockstep.Errorf(lockstep.CodeInvalid, "%s is a copy of another configuration: its %s is %q, not %q", f.file, d.what, d.is, d.want)
		}
	}
	if head.Key != want.Key {
		return lockstep.Errorf(lockstep.CodeInvalid, "%s was sealed with another key than the one that is there now: put that back, or remove the copy", f.file)
	}
	return nil
}
