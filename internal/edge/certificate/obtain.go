package certificate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/mholt/acmez/v3/acme"
)

// The pauses between attempts to get a first certificate.
const (
	awayPause, awayPauseMax       = 2 * time.Second, 5 * time.Minute // the CA was not reached
	refusedPause, refusedPauseMax = 5 * time.Minute, time.Hour
	attemptPatience               = 5 * time.Minute // for one attempt, challenges and all
)

// load takes what is stored for a domain into use. Files that make no
// certificate are put aside, so that they are not in the way of a new one.
func (k *Keeper) load(s *site) (stored bool) {
	_, err := k.config.CacheManagedCertificate(s.life, s.domain)
	switch {
	case err == nil:
		return true
	case !errors.Is(err, fs.ErrNotExist):
		k.log.Error("a stored certificate cannot be used: it is put aside, and another one asked for", "domain", s.domain, "error", err)
		if err := k.store.putAside(k.issuer.IssuerKey(), s.domain); err != nil {
			k.log.Error("a stored certificate cannot be put aside", "domain", s.domain, "error", err)
		}
	}
	return false
}

// begin gets a domain its first certificate; from then on certmagic renews it.
func (k *Keeper) begin(s *site) {
	var away, refused int
	for {
		err := k.obtain(s)
		if err == nil || s.life.Err() != nil {
			return
		}
		var pause time.Duration
		var problem acme.Problem
		if errors.As(err, &problem) {
			pause = backOff(refusedPause, refusedPauseMax, refused)
			refused, away = refused+1, 0
		} else {
			pause = backOff(awayPause, awayPauseMax, away)
			away++
		}
		k.log.Warn("no certificate yet: the domain is served over HTTP", "domain", s.domain, "error", reason(err), "again", pause)
		timer := time.NewTimer(pause)
		select {
		case <-s.life.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// backOff is pause, doubled so many times, at most most.
func backOff(pause, most time.Duration, times int) time.Duration {
	for range times {
		if pause *= 2; pause >= most {
			return most
		}
	}
	return pause
}

// obtain makes one attempt. certmagic would try again by itself, with pauses
// that fit a CA that refuses and are too long for one that was away: the
// first failure ends it.
func (k *Keeper) obtain(s *site) (err error) {
	limited, cancel := context.WithTimeout(s.life, attemptPatience)
	defer cancel()
	attempt, giveUp := context.WithCancelCause(limited)
	defer giveUp(nil)
	s.mu.Lock()
	s.giveUp = giveUp
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.giveUp = nil
		s.problem = ""
		if err != nil {
			s.problem = reason(err)
		}
		s.mu.Unlock()
	}()
	if err := k.config.ObtainCertAsync(attempt, s.domain); err != nil {
		if cause := context.Cause(attempt); cause != nil {
			return cause
		}
		return err
	}
	k.mu.Lock() // so that a domain that has just left is not taken in again
	defer k.mu.Unlock()
	if s.life.Err() != nil {
		return s.life.Err()
	}
	_, err = k.config.CacheManagedCertificate(s.life, s.domain)
	return err
}

// happened is told by certmagic, in its goroutines.
func (k *Keeper) happened(_ context.Context, event string, data map[string]any) error {
	domain, _ := data["identifier"].(string)
	s, ok := (*k.sites.Load())[domain]
	if !ok {
		return nil
	}
	renewal, _ := data["renewal"].(bool)
	switch event {
	case "cert_failed":
		err, _ := data["error"].(error)
		if err == nil {
			err = errors.New("certmagic does not say why")
		}
		if renewal {
			s.say(reason(err))
			k.log.Error("a certificate is not renewed: it is served on, and tried again", "domain", domain, "error", reason(err), "remaining", data["remaining"])
		}
		s.fails(err)
	case "cert_obtained":
		s.say("")
		k.log.Info("a certificate was issued", "domain", domain, "renewal", renewal, "ca", data["issuer"])
	}
	return nil
}

// reason is what a person reads of an error.
func reason(err error) string {
	var problem acme.Problem
	var address *url.Error
	var network net.Error
	switch {
	case errors.As(err, &problem):
		kind := strings.TrimPrefix(problem.Type, acme.ProblemTypeNamespace)
		text := fmt.Sprintf("the CA refuses (%s): %s", kind, problem.Detail)
		for _, sub := range problem.Subproblems {
			text += "; " + sub.Detail
		}
		return text
	case errors.As(err, &address):
		return fmt.Sprintf("the CA cannot be reached: %s: %v", address.URL, address.Err)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("the CA did not decide within %s", attemptPatience)
	case errors.As(err, &network):
		return "the CA cannot be reached: " + err.Error()
	}
	return err.Error()
}
