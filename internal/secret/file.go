package secret

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"github.com/lockstep-dev/lockstep"
)

const (
	fileHeader  = "lockstep secret key 1"
	maxFileSize = 4096
)

// file is a wrapping key of 32 bytes in a file of three lines: what it is,
// which one it is, and the key.
type file struct {
	path    string
	reached func(point string) // tests end the process there; nil is fine
}

// Name tells the key, not the path, so that a copy is the same key.
func (f *file) Name() string {
	key, err := f.read()
	if err != nil {
		return "file"
	}
	return "file " + fingerprint(key)
}

// Remedy implements Wrapper.
func (f *file) Remedy() string {
	return fmt.Sprintf("put the right key file at %s (mode 0600), from a backup or from a server that has it, or name its place with --secret-key", f.path)
}

// Exists implements Wrapper.
func (f *file) Exists(context.Context) (bool, error) {
	_, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, lockstep.Errorf(lockstep.CodeFailed, "the key file cannot be read: %w", err)
	}
	return true, nil
}

// Make writes a new key where there is no file, and returns when it would
// survive a power cut.
func (f *file) Make(context.Context) (err error) {
	defer func() {
		if err != nil {
			err = lockstep.Errorf(lockstep.CodeFailed, "the key file %s cannot be made: %w", f.path, err)
		}
	}()
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	// Whole under another name first: what dies in between leaves no key file.
	// A link, unlike a rename, takes no other file's place.
	out, err := os.CreateTemp(filepath.Dir(f.path), "."+filepath.Base(f.path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(out.Name())) }()
	f.reach("made")
	_, err = fmt.Fprintf(out, "%s\n%s\n%s\n", fileHeader, fingerprint(key), base64.StdEncoding.EncodeToString(key))
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	f.reach("written")
	if err := os.Link(out.Name(), f.path); err != nil {
		return err
	}
	f.reach("named")
	return syncDir(filepath.Dir(f.path))
}

func (f *file) reach(point string) {
	if f.reached != nil {
		f.reached(point)
	}
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// EncryptWithContext implements Wrapper.
func (f *file) EncryptWithContext(_ context.Context, plain, bound []byte) ([]byte, error) {
	cipher, err := f.cipher()
	if err != nil {
		return nil, err
	}
	return cipher.Encrypt(plain, bound)
}

// DecryptWithContext implements Wrapper.
func (f *file) DecryptWithContext(_ context.Context, wrapped, bound []byte) ([]byte, error) {
	cipher, err := f.cipher()
	if err != nil {
		return nil, err
	}
	return cipher.Decrypt(wrapped, bound)
}

func (f *file) cipher() (*subtle.AESGCM, error) {
	key, err := f.read()
	if err != nil {
		return nil, err
	}
	return subtle.NewAESGCM(key)
}

// read refuses a file that others may read, and one that is not whole.
func (f *file) read() (key []byte, err error) {
	in, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, lockstep.Errorf(lockstep.CodeFailed, "the key file %s is missing: %s", f.path, f.Remedy())
	}
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeFailed, "the key file cannot be read: %w", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeFailed, "the key file cannot be read: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "the key file %s is no file: name one with --secret-key", f.path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, lockstep.Errorf(lockstep.CodeInvalid,
			"the key file %s may be read by others (mode %04o), and with it every secret: chmod 600 %s, and rotate the keys if anybody else has an account here", f.path, mode, f.path)
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFileSize))
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeFailed, "the key file cannot be read: %w", err)
	}
	return f.parse(text)
}

// parse never says what it read.
func (f *file) parse(text []byte) ([]byte, error) {
	broken := func(what string) error {
		return lockstep.Errorf(lockstep.CodeInvalid, "the key file %s %s: restore it from a backup", f.path, what)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, broken("is empty")
	case lines[0] != fileHeader:
		return nil, broken("is no key file of Lockstep")
	case len(lines) != 3:
		return nil, broken("is cut short or damaged")
	}
	key, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(key) != 32 || fingerprint(key) != lines[1] {
		return nil, broken("is cut short or damaged")
	}
	return key, nil
}

// fingerprint names a key and does not give it away.
func fingerprint(key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("lockstep secret key"))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}
