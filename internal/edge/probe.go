package edge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// maxProbe is how much of an answer a probe reads.
const maxProbe = 1 << 20

// Probe sends GET path to a revision as a request from outside would go,
// whatever its weight. The request is not counted in Stats; it is not held.
// Redirects are not followed.
func (e *Edge) Probe(ctx context.Context, environment, revision, path string) (service string, status int, err error) {
	env, ok := e.table.Load().environments[environment]
	if !ok {
		return "", 0, lockstep.Errorf(lockstep.CodeNotFound, "environment %s has no routing", environment)
	}
	return e.probe(ctx, env, env.now.Load().host(), revision, path)
}

// ProbeHost is a Probe that goes where a request to a host name goes: it says
// which environment that is. The app sees as for its host.
func (e *Edge) ProbeHost(ctx context.Context, host, as, revision, path string) (environment, service string, status int, err error) {
	env, ok := e.table.Load().hosts[host]
	if !ok {
		return "", "", 0, lockstep.Errorf(lockstep.CodeNotFound, "%s leads nowhere", host)
	}
	service, status, err = e.probe(ctx, env, as, revision, path)
	return env.id, service, status, err
}

func (e *Edge) probe(ctx context.Context, env *environment, host, revision, path string) (service string, status int, err error) {
	if !strings.HasPrefix(path, "/") {
		return "", 0, lockstep.Invalid("path", "the path %q of a probe does not begin with /", path)
	}
	req, err := ask(ctx, host, path)
	if err != nil {
		return "", 0, err
	}
	x := &exchange{edge: e, env: env, aim: aim{path: req.URL.Path, revision: revision}}
	defer x.end()
	if found := x.admit(ctx); found != seated {
		return "", 0, probeRefused(ctx, found, revision, path)
	}
	service = x.seat.service
	resp, err := x.RoundTrip(req)
	if err != nil {
		return service, 0, lockstep.Errorf(lockstep.CodeUnavailable, "service %s did not answer GET %s: %w", service, path, err)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxProbe))
	if err != nil {
		return service, resp.StatusCode, lockstep.Errorf(lockstep.CodeUnavailable, "service %s broke its answer to GET %s off: %w", service, path, err)
	}
	return service, resp.StatusCode, nil
}

// host is the environment's own name.
func (v *view) host() string { return v.name + "." + v.project + ".localhost" }

// ask is a request of our own.
func ask(ctx context.Context, host, path string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+path, nil)
	if err != nil {
		return nil, lockstep.Invalid("path", "the path %q of a probe cannot be requested", path)
	}
	req.Header.Set("User-Agent", "lockstep-probe")
	req.Header.Set("X-Forwarded-For", "127.0.0.1")
	req.Header.Set("X-Forwarded-Host", req.Host)
	req.Header.Set("X-Forwarded-Proto", "http")
	return req, nil
}

func probeRefused(ctx context.Context, found verdict, revision, path string) error {
	switch found {
	case unknownEnvironment, unknownRevision:
		return lockstep.Errorf(lockstep.CodeNotFound, "revision %s is not in the environment's routing", revision)
	case noService:
		return lockstep.Errorf(lockstep.CodeNotFound, "revision %s serves nothing under %s", revision, path)
	case switchedOff:
		return lockstep.Errorf(lockstep.CodeUnavailable, "what revision %s serves under %s is disabled", revision, path)
	case gone:
		return errors.Join(lockstep.Errorf(lockstep.CodeUnavailable, "no instance of revision %s became ready in time", revision), context.Cause(ctx))
	default:
		return lockstep.Errorf(lockstep.CodeUnavailable, "no instance of revision %s is ready", revision)
	}
}
