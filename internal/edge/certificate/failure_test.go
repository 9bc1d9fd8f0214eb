package certificate_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
)

func TestACAThatComesBack(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.ca.Down()
	f.open(map[string][]string{"one": {"app.back.test"}})
	got := f.awaitState("one", lockstep.CertificateFailed)
	if !strings.Contains(got.Problem, "the CA cannot be reached: "+f.ca.Directory) {
		t.Errorf("got %+v", got)
	}
	if status := f.overHTTP("app.back.test"); status != http.StatusOK {
		t.Errorf("over HTTP meanwhile: %d", status)
	}
	f.ca.Up(t)
	if got := f.awaitState("one", lockstep.CertificateIssued); got.Problem != "" {
		t.Errorf("got %+v", got)
	}
	if status := f.overHTTP("app.back.test"); status != http.StatusPermanentRedirect {
		t.Errorf("over HTTP afterwards: %d", status)
	}
}

// Restarted, a keeper serves what is stored from the first moment on.
func TestStoredCertificatesAreServedAtOnce(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	wanted := map[string][]string{"one": {"app.stored.test"}}
	stop := f.open(wanted)
	before := f.awaitState("one", lockstep.CertificateIssued)
	f.restart(stop, wanted, f.ca.Down)
	if got := f.Report("one")[0]; got.State != lockstep.CertificateIssued || !got.Until.Equal(*before.Until) {
		t.Errorf("%+v became %+v", before, got)
	}
	if _, err := f.overHTTPS("app.stored.test"); err != nil {
		t.Error(err)
	}
	err := filepath.WalkDir(f.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %s", name, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// restart ends a life, lets something happen, and begins the next on the same ports.
func (f *field) restart(stop func(), wanted map[string][]string, meanwhile func()) {
	f.t.Helper()
	stop()
	plain, secure := f.plain.Addr().String(), f.secure.Addr().String()
	_, _ = f.plain.Close(), f.secure.Close()
	meanwhile()
	f.plain, f.secure = listen(f.t, plain), listen(f.t, secure)
	f.open(wanted)
}

func TestDamagedFilesAreReplaced(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(dir string) error{
		"certificate": func(dir string) error { return overwrite(dir, "*.crt", "rubbish") },
		"key":         func(dir string) error { return overwrite(dir, "*.key", "rubbish") },
		"nothing left": func(dir string) error {
			return overwrite(dir, "*.crt", "")
		},
		"key gone": func(dir string) error {
			names, err := filepath.Glob(filepath.Join(dir, "*.key"))
			if err != nil {
				return err
			}
			return os.Remove(names[0])
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, 0)
			domain := strings.ReplaceAll(name, " ", "-") + ".damaged.test"
			wanted := map[string][]string{"one": {domain}}
			stop := f.open(wanted)
			before := f.awaitState("one", lockstep.CertificateIssued)
			f.restart(stop, wanted, func() {
				dirs, err := filepath.Glob(filepath.Join(f.dir, "certificates", "*", domain))
				if err != nil || len(dirs) != 1 {
					t.Fatal(dirs, err)
				}
				if err := damage(dirs[0]); err != nil {
					t.Fatal(err)
				}
			})
			f.awaitState("one", lockstep.CertificateIssued)
			if _, err := f.overHTTPS(domain); err != nil {
				t.Errorf("%v, after %+v", err, before)
			}
		})
	}
}

func overwrite(dir, pattern, content string) error {
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func TestACertificateIsRenewedInTime(t *testing.T) {
	t.Parallel()
	f := newField(t, 12)
	f.every = 50 * time.Millisecond
	f.open(map[string][]string{"one": {"app.renewed.test"}})
	first := f.awaitState("one", lockstep.CertificateIssued)
	second := f.await("one", func(c lockstep.Certificate) bool { return !c.Until.Equal(*first.Until) })
	if time.Now().After(*first.Until) || second.State != lockstep.CertificateIssued || second.Problem != "" {
		t.Errorf("%+v was followed by %+v", first, second)
	}
	if res, err := f.overHTTPS("app.renewed.test"); err != nil || !res.TLS.PeerCertificates[0].NotAfter.Equal(*second.Until) {
		t.Errorf("served: %v %v", res, err)
	}
}

// A renewal that fails is told of while there is time, and a certificate that
// ran out sends nobody to a page that the browser refuses.
func TestARenewalThatFails(t *testing.T) {
	t.Parallel()
	f := newField(t, 12)
	f.every = 50 * time.Millisecond
	var ahead atomic.Int64
	f.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	domain := uuid.NewString() + ".expired.test" // certmagic remembers failures for as long as the process lives
	f.open(map[string][]string{"one": {domain}})
	f.awaitState("one", lockstep.CertificateIssued)
	f.ca.Down()
	f.await("one", func(c lockstep.Certificate) bool {
		return c.State == lockstep.CertificateIssued && strings.Contains(c.Problem, "the CA cannot be reached")
	})
	if status := f.overHTTP(domain); status != http.StatusPermanentRedirect {
		t.Errorf("over HTTP while it is valid: %d", status)
	}
	ahead.Store(int64(time.Minute)) // by which it has run out
	got := f.awaitState("one", lockstep.CertificateFailed)
	if got.Until == nil || got.Problem == "" {
		t.Errorf("got %+v", got)
	}
	if status := f.overHTTP(domain); status != http.StatusOK {
		t.Errorf("over HTTP when it has run out: %d", status)
	}
}

// The time may pass without an attempt, while the machine sleeps.
func TestACertificateThatRanOut(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.open(map[string][]string{"one": {"app.slept.test"}})
	f.awaitState("one", lockstep.CertificateIssued)
	wanted := map[string][]string{"one": {"app.slept.test"}}
	f.restart(f.Close, wanted, func() {
		f.now = func() time.Time { return time.Now().AddDate(20, 0, 0) }
	})
	if got := f.awaitState("one", lockstep.CertificateFailed); !strings.Contains(got.Problem, "ran out") {
		t.Errorf("got %+v", got)
	}
}

// A machine that does not know the time leads nobody to HTTPS.
func TestAClockThatIsWrong(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.now = func() time.Time { return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }
	f.open(map[string][]string{"one": {"app.clock.test"}})
	got := f.awaitState("one", lockstep.CertificateFailed)
	if !strings.Contains(got.Problem, "clock") || got.Until == nil {
		t.Errorf("got %+v", got)
	}
	if status := f.overHTTP("app.clock.test"); status != http.StatusOK {
		t.Errorf("over HTTP: %d", status)
	}
}

// An account of which only the first of two files was stored, by a keeper that
// died or that is at it for another domain, is no address of anybody's.
func TestAHalfStoredAccount(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	stop := f.open(map[string][]string{"one": {"a.account.test"}})
	f.awaitState("one", lockstep.CertificateIssued)
	stop()
	keys, err := filepath.Glob(filepath.Join(f.dir, "acme", "*", "users", "default", "default.key"))
	if err != nil || len(keys) != 1 {
		t.Fatalf("the account's keys: %v %v", keys, err)
	}
	if err := os.Remove(keys[0]); err != nil {
		t.Fatal(err)
	}
	f.open(map[string][]string{"two": {"b.account.test"}})
	f.awaitState("two", lockstep.CertificateIssued)
}
