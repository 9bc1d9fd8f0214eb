package certificate

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/lockstep-dev/lockstep"
)

// site is a domain that some routing names.
type site struct {
	domain string
	life   context.Context //nolint:containedctx // until no routing names it any more
	leave  context.CancelFunc

	mu      sync.Mutex
	problem string                  // of the newest attempt; "" after a success and before the first
	giveUp  context.CancelCauseFunc // ends the attempt that is being made
}

func (k *Keeper) newSite(domain string) *site {
	s := &site{domain: domain}
	s.life, s.leave = context.WithCancel(k.life)
	return s
}

func (s *site) say(problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problem = problem
}

// fails ends the attempt that is being made, if there is one.
func (s *site) fails(err error) {
	s.mu.Lock()
	giveUp := s.giveUp
	s.mu.Unlock()
	if giveUp != nil {
		giveUp(err)
	}
}

// eligible are the domains that a CA could vouch for, each once, in order.
func eligible(domains []string) []string {
	var out []string
	for _, domain := range domains {
		domain = strings.TrimSuffix(strings.ToLower(domain), ".")
		_, err := netip.ParseAddr(domain)
		local := domain == "localhost" || strings.HasSuffix(domain, ".localhost")
		if err != nil && !local && strings.Contains(domain, ".") && !strings.ContainsAny(domain, ":*/[]") {
			out = append(out, domain)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// find is the certificate that lasts longest of those for a domain, valid or not.
func (k *Keeper) find(domain string) (best certmagic.Certificate, ok bool) {
	for _, c := range k.cache.AllMatchingCertificates(domain) {
		if c.Leaf != nil && (!ok || c.Leaf.NotAfter.After(best.Leaf.NotAfter)) {
			best, ok = c, true
		}
	}
	return best, ok
}

// Usable says that a domain is in a routing and has a certificate that is valid now.
func (k *Keeper) Usable(domain string) bool {
	if _, ok := (*k.sites.Load())[domain]; !ok {
		return false
	}
	c, ok := k.find(domain)
	return ok && validAt(c, k.now())
}

func validAt(c certmagic.Certificate, now time.Time) bool {
	return !now.Before(c.Leaf.NotBefore) && now.Before(c.Leaf.NotAfter)
}

// Report says how an environment's domains stand, in their order.
func (k *Keeper) Report(environment string) []lockstep.Certificate {
	k.mu.Lock()
	domains := k.wanted[environment]
	k.mu.Unlock()
	sites := *k.sites.Load()
	out := make([]lockstep.Certificate, 0, len(domains))
	for _, domain := range domains {
		if s := sites[domain]; s != nil {
			out = append(out, k.report(s, k.now()))
		}
	}
	return out
}

func (k *Keeper) report(s *site, now time.Time) lockstep.Certificate {
	s.mu.Lock()
	out := lockstep.Certificate{Domain: s.domain, State: lockstep.CertificatePending, Problem: s.problem}
	s.mu.Unlock()
	c, ok := k.find(s.domain)
	if ok {
		until := c.Leaf.NotAfter.UTC()
		out.Until = &until
	}
	switch {
	case ok && validAt(c, now):
		out.State = lockstep.CertificateIssued
	case ok && now.Before(c.Leaf.NotBefore):
		out.State = lockstep.CertificateFailed
		out.Problem = "it is valid only from " + c.Leaf.NotBefore.UTC().Format(time.RFC3339) + ": look at this machine's clock"
	case ok && out.Problem == "":
		out.State = lockstep.CertificateFailed
		out.Problem = "it ran out, and is being renewed"
	case out.Problem != "":
		out.State = lockstep.CertificateFailed
	}
	return out
}
