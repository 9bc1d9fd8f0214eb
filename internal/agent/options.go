package agent

import (
	"crypto/x509"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Options of an agent. Dir is required; the rest has defaults.
type Options struct {
	Dir       string       // private; one agent a directory
	EdgeAddr  string       // default 127.0.0.1:7480
	EdgeTLS   EdgeTLS      // the zero value: plain HTTP only
	PortRange PortRange    // default 20000 to 31999
	Version   string       // of this program; an agent of another version in the same Dir is replaced
	Logger    *slog.Logger // default slog.Default()
	Hooks     HookNetwork  // where requests of hooks may go; the zero value: see HookNetwork
	Serving   func()       // told whenever this agent begins to serve; nil is fine

	// Memory are directories of file systems in memory, for the values that are
	// delivered as files; nil: those that this machine has.
	Memory []string

	// JobCommand runs RunJobProcess; the job's directory is appended to it.
	// Default: this program with the arguments "agent", "job".
	JobCommand []string
}

// EdgeTLS is how the edge speaks HTTPS, with certificates by ACME for the
// domains of the routings.
type EdgeTLS struct {
	Addr    string // "": not at all, and nothing else here counts
	Email   string // where the CA may write to; "" is fine
	CA      string // URL of its ACME directory; default Let's Encrypt
	CARoots string // PEM file with who vouches for the CA's own address; default the system's
}

// Check refuses what cannot work.
func (t EdgeTLS) Check() error {
	if t.Addr == "" {
		return nil
	}
	if _, err := net.ResolveTCPAddr("tcp", t.Addr); err != nil {
		return lockstep.Invalid("edge-tls", "--edge-tls %q is no address (%v): give host:port, such as :443", t.Addr, err)
	}
	if t.Email != "" {
		if a, err := mail.ParseAddress(t.Email); err != nil || a.Address != t.Email {
			return lockstep.Invalid("acme-email", "--acme-email %q is no mail address: give one such as you@example.com, or leave it out", t.Email)
		}
	}
	if t.CA != "" {
		if u, err := url.Parse(t.CA); err != nil || u.Scheme != "https" || u.Host == "" {
			return lockstep.Invalid("acme-ca", "--acme-ca %q is no https:// URL: give that of the CA's ACME directory", t.CA)
		}
	}
	_, err := t.roots()
	return err
}

// roots are those that the CA's own address is trusted by; nil: the system's.
func (t EdgeTLS) roots() (*x509.CertPool, error) {
	if t.CARoots == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(t.CARoots)
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "--acme-ca-roots cannot be read: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, lockstep.Invalid("acme-ca-roots", "--acme-ca-roots %s holds no certificate in PEM", t.CARoots)
	}
	return pool, nil
}

// DefaultEdgeAddr is where the edge listens unless told otherwise.
const DefaultEdgeAddr = "127.0.0.1:7480"

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, lockstep.Invalid("dir", "the agent needs a directory")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, lockstep.Errorf(lockstep.CodeInvalid, "agent directory %s: %w", o.Dir, err)
	}
	o.Dir = dir
	if o.EdgeAddr == "" {
		o.EdgeAddr = DefaultEdgeAddr
	}
	if o.PortRange == (PortRange{}) {
		o.PortRange = PortRange{First: 20000, Last: 31999}
	}
	if r := o.PortRange; r.First < 1 || r.Last > 65535 || r.First > r.Last {
		return o, lockstep.Invalid("portRange", "port range %d-%d: give two ports from 1 to 65535, the lower one first", r.First, r.Last)
	}
	if err := o.EdgeTLS.Check(); err != nil {
		return o, err
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if len(o.JobCommand) == 0 {
		exe, err := os.Executable()
		if err != nil {
			return o, lockstep.Errorf(lockstep.CodeFailed, "find this program: %w", err)
		}
		o.JobCommand = []string{exe, "agent", "job"}
	}
	return o, nil
}

// The bounds of what one agent takes on.
const (
	maxEnvironments = 1000
	maxInstances    = 1000
	maxGroups       = 200 // in one request
	maxReplicas     = 200 // of one group
	maxBody         = 8 << 20
	maxArtifact     = 2 << 30
	maxTailLines    = 10_000
	maxDrain        = time.Hour
	maxJobTime      = 6 * time.Hour
)
