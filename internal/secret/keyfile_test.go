package secret

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func TestKeyFileIsMadeOnceAndPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a")
	w.must(k.Load(t.Context()))
	if _, err := os.Stat(w.keyFile()); err == nil {
		t.Fatal("a key file is made although nothing was sealed")
	}
	w.must(k.Ready(t.Context()))
	info, err := os.Stat(w.keyFile())
	w.must(err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o", info.Mode().Perm())
	}
	before, err := os.ReadFile(w.keyFile())
	w.must(err)
	w.must(w.server("b").Ready(t.Context()))
	if err := (&file{path: w.keyFile()}).Make(t.Context()); err == nil {
		t.Error("a key file was made over another one")
	}
	if after, _ := os.ReadFile(w.keyFile()); !bytes.Equal(before, after) {
		t.Error("the key file was written again")
	}
}

func TestServersThatStartAtOnceHaveOneKeyset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must((&file{path: w.keyFile()}).Make(t.Context()))
	servers := make([]*Keyring, 5)
	var all sync.WaitGroup
	for i := range servers {
		servers[i] = w.server(numbered(i))
		all.Go(func() {
			if err := servers[i].Ready(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i, k := range servers {
		w.keeps(k, numbered(i), "value")
		for _, other := range servers {
			w.opens(other, numbered(i), "value")
		}
	}
}

// What is wrong with the key is told with what to do, and nothing is written.
func TestWrongKeysAreRefusedAndNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(w *world)
		says  []string
	}{
		"key file missing": {
			func(w *world) { w.must(os.Remove(w.keyFile())) },
			[]string{"secret.key is missing", "from a backup", "--secret-key"},
		},
		"key file of another keyset": {
			func(w *world) {
				w.must(os.Remove(w.keyFile()))
				w.must((&file{path: w.keyFile()}).Make(context.Background()))
			},
			[]string{"this server has the secret key", "was wrapped with", "Nothing was changed"},
		},
		"key file readable by others": {
			func(w *world) { w.must(os.Chmod(w.keyFile(), 0o644)) },
			[]string{"may be read by others (mode 0644)", "chmod 600"},
		},
		"key file readable by its group": {
			func(w *world) { w.must(os.Chmod(w.keyFile(), 0o640)) },
			[]string{"may be read by others (mode 0640)"},
		},
		"key file cut short": {
			func(w *world) {
				text, err := os.ReadFile(w.keyFile())
				w.must(err)
				w.must(os.WriteFile(w.keyFile(), text[:len(text)-20], 0o600))
			},
			[]string{"is cut short or damaged", "restore it from a backup"},
		},
		"key file empty": {
			func(w *world) { w.must(os.Truncate(w.keyFile(), 0)) },
			[]string{"is empty", "restore it from a backup"},
		},
		"key file of something else": {
			func(w *world) { w.must(os.WriteFile(w.keyFile(), []byte("ssh-rsa AAAA canary"), 0o600)) },
			[]string{"is no key file of Lockstep"},
		},
		"key file a directory": {
			func(w *world) { w.must(os.Remove(w.keyFile())); w.must(os.Mkdir(w.keyFile(), 0o700)) },
			[]string{"is no file"},
		},
		"keyset cut short": {
			func(w *world) {
				k, err := w.store.Keyset(context.Background())
				w.must(err)
				k.Wrapped, k.Generation = k.Wrapped[:len(k.Wrapped)/2], k.Generation+1
				w.must(w.store.PutKeyset(context.Background(), k))
			},
			[]string{"the keyset in the database is cut short or damaged", "restore the database from a backup"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.keeps(w.server("a"), "API_KEY", "hunter2")
			c.spoil(w)
			file, _ := os.ReadFile(w.keyFile())
			keyset, err := w.store.Keyset(t.Context())
			w.must(err)
			k := w.server("b")
			for what, err := range map[string]error{"load": k.Load(t.Context()), "ready": k.Ready(t.Context()), "rotate": k.Rotate(t.Context(), "ada")} {
				if code := lockstep.CodeOf(err); code != lockstep.CodeFailed && code != lockstep.CodeInvalid {
					t.Errorf("%s: %q %v", what, code, err)
					continue
				}
				for _, part := range c.says {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%s: it does not say %q: %v", what, part, err)
					}
				}
				if strings.Contains(err.Error(), "canary") {
					t.Errorf("%s: the error holds what was read: %v", what, err)
				}
			}
			if _, err := k.Open(t.Context(), w.stored("API_KEY")); err == nil {
				t.Error("it opens")
			}
			if err := w.add(k, "OTHER", "x"); err == nil {
				t.Error("it seals")
			}
			after, _ := os.ReadFile(w.keyFile())
			now, err := w.store.Keyset(t.Context())
			w.must(err)
			if !bytes.Equal(file, after) || !bytes.Equal(keyset.Wrapped, now.Wrapped) || keyset.Generation != now.Generation {
				t.Error("something was overwritten")
			}
		})
	}
}

func TestMissingKeysetIsNotMadeAnewOverSealedValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.keeps(w.server("a"), "API_KEY", "hunter2")
	k := w.server("b", func(o *Options) { o.Store = keysetLost{w.store} })
	for _, err := range []error{k.Load(t.Context()), k.Ready(t.Context())} {
		if lockstep.CodeOf(err) != lockstep.CodeFailed || !strings.Contains(err.Error(), "holds 1 sealed values and not the keyset") {
			t.Errorf("%v", err)
		}
	}
}

// keysetLost is a database whose row was removed by hand.
type keysetLost struct{ *store.Store }

func (keysetLost) Keyset(context.Context) (lockstep.Keyset, error) {
	return lockstep.Keyset{}, lockstep.Errorf(lockstep.CodeNotFound, "none")
}

func TestTornKeyFileBeforeTheFirstKeysetIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(os.WriteFile(w.keyFile(), []byte(fileHeader+"\n12"), 0o600))
	err := w.server("a").Ready(t.Context())
	if err == nil || !strings.Contains(err.Error(), "is cut short or damaged") {
		t.Errorf("%v", err)
	}
}

// dying makes a test's process one that makes a key file and is killed then.
const dying = "SECRETTEST_DIES_AT"

// A server that is killed while it makes the key file leaves none, or a whole
// one, and the next one has a keyset.
func TestKeyFileIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	if point := os.Getenv(dying); point != "" {
		f := &file{path: os.Getenv(dying + "_PATH"), reached: func(at string) {
			if at == point {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nobody is left to tell
				select {}
			}
		}}
		t.Fatalf("it lives: %v", f.Make(t.Context()))
	}
	for point, whole := range map[string]bool{"made": false, "written": false, "named": true} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKeyFileIsWholeOrNotThere$")
			victim.Env = append(os.Environ(), dying+"="+point, dying+"_PATH="+w.keyFile())
			out, err := victim.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("it was not killed: %v\n%s", err, out)
			}
			exists, err := (&file{path: w.keyFile()}).Exists(t.Context())
			w.must(err)
			if exists != whole {
				t.Errorf("there is a key file: %t", exists)
			}
			w.keeps(w.server("next"), "API_KEY", "hunter2")
			w.opens(w.server("another"), "API_KEY", "hunter2")
		})
	}
}

func TestKeyFileCannotBeMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a", func(o *Options) { o.Wrapper = &file{path: filepath.Join(w.dir, "none", "secret.key")} })
	if err := k.Ready(t.Context()); lockstep.CodeOf(err) != lockstep.CodeFailed || !strings.Contains(err.Error(), "cannot be made") {
		t.Errorf("%v", err)
	}
}
