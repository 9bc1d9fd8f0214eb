package certificate

import (
	"context"
	"crypto/x509"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddyserver/certmagic"
)

// Options of a Keeper. Dir, HTTP and TLS are required.
type Options struct {
	Dir   string         // private; one keeper a directory
	HTTP  net.Addr       // of the listener that Plain's handler is behind
	TLS   net.Addr       // of the listener that TLSConfig is for
	CA    string         // URL of its ACME directory; default Let's Encrypt
	Roots *x509.CertPool // who vouches for the CA's own address; default the system's
	Email string         // where the CA may write to; none is fine
	Log   *slog.Logger   // default slog.Default()

	// CheckEvery is how often certificates are looked at for their renewal;
	// default 10 min.
	CheckEvery time.Duration

	Now func() time.Time // default time.Now
}

// Keeper gets and keeps certificates; see the package comment. Its methods may
// be called at any time from any goroutine.
type Keeper struct {
	log    *slog.Logger
	now    func() time.Time
	port   string // of the TLS listener, for redirects; "" for 443
	store  *storage
	cache  *certmagic.Cache
	config *certmagic.Config
	issuer *certmagic.ACMEIssuer

	sites atomic.Pointer[map[string]*site] // by domain; never changed, only replaced

	mu      sync.Mutex
	wanted  map[string][]string // domains by environment
	closed  bool
	life    context.Context //nolint:containedctx // of what it does in the background, until Close
	end     context.CancelFunc
	working sync.WaitGroup
}

// Open makes a keeper that holds the certificates stored for the domains of
// these environments, and begins to get the others.
func Open(opts Options, wanted map[string][]string) (*Keeper, error) {
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	store, err := newStorage(opts.Dir)
	if err != nil {
		return nil, err
	}
	k := &Keeper{log: opts.Log, now: opts.Now, store: store, wanted: map[string][]string{}, port: redirectPort(opts.TLS)}
	k.life, k.end = context.WithCancel(context.Background())
	k.sites.Store(&map[string]*site{})
	logger := quiet(opts.Log)
	k.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert:   func(certmagic.Certificate) (*certmagic.Config, error) { return k.config, nil },
		RenewCheckInterval: opts.CheckEvery,
		Logger:             logger,
	})
	k.config = certmagic.New(k.cache, certmagic.Config{
		Storage:          store,
		Issuers:          []certmagic.Issuer{},
		KeySource:        certmagic.StandardKeyGenerator{KeyType: certmagic.P256},
		ReusePrivateKeys: true,                                        // see the package comment
		OCSP:             certmagic.OCSPConfig{DisableStapling: true}, // it would ask the CA before a stored certificate is served
		OnEvent:          k.happened,
		Logger:           logger,
	})
	host, httpPort, tlsPort := challengeAddress(opts.HTTP, opts.TLS)
	ca := opts.CA
	if ca == "" {
		ca = certmagic.LetsEncryptProductionCA
	}
	k.issuer = certmagic.NewACMEIssuer(k.config, certmagic.ACMEIssuer{
		CA: ca, TestCA: ca, Email: opts.Email, Agreed: true, TrustedRoots: opts.Roots,
		ListenHost: host, AltHTTPPort: httpPort, AltTLSALPNPort: tlsPort,
		Logger: logger,
	})
	k.config.Issuers = []certmagic.Issuer{k.issuer}
	stored := 0
	for _, env := range slices.Sorted(maps.Keys(wanted)) {
		stored += k.setDomains(env, wanted[env])
	}
	k.look(stored)
	return k, nil
}

// SetDomains makes these the domains that an environment wants certificates
// for, and returns without waiting for any.
func (k *Keeper) SetDomains(environment string, domains []string) {
	k.look(k.setDomains(environment, domains))
}

// setDomains says how many certificates were stored already.
func (k *Keeper) setDomains(environment string, domains []string) (stored int) {
	domains = eligible(domains)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed || slices.Equal(k.wanted[environment], domains) {
		return 0
	}
	if len(domains) == 0 {
		delete(k.wanted, environment)
	} else {
		k.wanted[environment] = domains
	}
	before, next := *k.sites.Load(), map[string]*site{}
	var added []*site
	for _, domains := range k.wanted {
		for _, domain := range domains {
			switch s, ok := before[domain]; {
			case next[domain] != nil:
			case ok:
				next[domain] = s
			default:
				next[domain] = k.newSite(domain)
				added = append(added, next[domain])
			}
		}
	}
	k.sites.Store(&next)
	for domain, s := range before {
		if next[domain] == nil {
			s.leave()
			k.cache.RemoveManaged([]certmagic.SubjectIssuer{{Subject: domain}})
		}
	}
	for _, s := range added {
		if k.load(s) {
			stored++
			continue
		}
		k.working.Go(func() { k.begin(s) })
	}
	return stored
}

// look renews what is due, now rather than at the next look: stored
// certificates may be due since long.
func (k *Keeper) look(stored int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if stored == 0 || k.closed {
		return
	}
	k.working.Go(func() {
		if err := k.cache.RenewManagedCertificates(k.life); err != nil {
			k.log.Error("certificates cannot be looked at", "error", err)
		}
	})
}

// Close ends what happens in the background. What TLSConfig and Plain gave
// goes on with the certificates that are there.
func (k *Keeper) Close() {
	k.mu.Lock()
	already := k.closed
	k.closed = true
	k.mu.Unlock()
	if already {
		return
	}
	k.end()
	go k.cache.Stop() // which may be waiting for the CA
	k.working.Wait()
}
