// Package edgerouter is the router of one machine: the edge inside its agent.
// It is a client; the agent keeps routing, fences and pools (see packages
// agent and edge).
package edgerouter

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// Router leads requests through an agent's edge. An agent that cannot be
// reached is an error without a code, which the engine tries again.
type Router struct{ agent *wire.Client }

var (
	_ traffic.Router    = (*Router)(nil)
	_ traffic.Holder    = (*Router)(nil)
	_ traffic.Addresser = (*Router)(nil)

	_ traffic.LiveRouter = (*Router)(nil)
	_ traffic.Sampler    = (*Router)(nil)
)

// New makes a router over the agent that the client reaches.
func New(agent *wire.Client) *Router { return &Router{agent: agent} }

// Set implements traffic.Router. An agent that is older than the server passes
// by what it does not know of a routing. Of most that is right, since it went
// on so before; that users are told of maintenance it must not only seem to do.
func (r *Router) Set(ctx context.Context, call runtime.Call, routing lockstep.Routing) error {
	err := r.agent.SetRouting(ctx, wire.RoutingRequest{Call: wireCall(call), Routing: routing})
	if err != nil || routing.Maintenance == nil {
		return err
	}
	inForce, err := r.agent.Routing(ctx, call.Environment)
	if err != nil || inForce.Maintenance != nil {
		return err
	}
	info, err := r.agent.Info(ctx)
	if err != nil {
		return err
	}
	return lockstep.Errorf(lockstep.CodeUnsupported, "the agent of this machine (version %s) is older than the server and knows no maintenance, so that requests go on as before: "+
		"replace it with systemctl reload lockstep-agent (launchd: lockstep agent install), and ask again", info.Version)
}

// Get implements traffic.Router.
func (r *Router) Get(ctx context.Context, environment string) (lockstep.Routing, error) {
	return r.agent.Routing(ctx, environment)
}

// Drain implements traffic.Router.
func (r *Router) Drain(ctx context.Context, call runtime.Call, groups []string, timeout time.Duration) (int, error) {
	res, err := r.agent.Drain(ctx, wire.DrainRequest{Call: wireCall(call), Groups: groups, Timeout: lockstep.Duration(timeout)})
	return res.Left, err
}

// Held implements traffic.Holder.
func (r *Router) Held(ctx context.Context, environment string) (lockstep.EdgeStats, error) {
	return r.agent.Held(ctx, environment)
}

// Stats implements traffic.Router.
func (r *Router) Stats(ctx context.Context, environment string) (map[string]lockstep.RevisionStats, error) {
	return r.agent.Stats(ctx, environment)
}

// Probe implements traffic.Router.
func (r *Router) Probe(ctx context.Context, environment, revision, path string) (traffic.ProbeResult, error) {
	res, err := r.agent.Probe(ctx, wire.ProbeRequest{Environment: environment, Revision: revision, Path: path})
	return traffic.ProbeResult{Service: res.Service, Status: res.Status, Duration: res.Duration.Std(), Err: res.Error}, err
}

// LiveEpoch implements traffic.LiveRouter.
func (r *Router) LiveEpoch(ctx context.Context, project string) (int64, error) {
	info, err := r.agent.Info(ctx)
	return info.LiveEpochs[project], err
}

// ProbeHost implements traffic.LiveRouter.
func (r *Router) ProbeHost(ctx context.Context, host, as, revision, path string) (traffic.HostProbe, error) {
	res, err := r.agent.Probe(ctx, wire.ProbeRequest{Host: host, As: as, Revision: revision, Path: path})
	out := traffic.HostProbe{Environment: res.Environment}
	out.ProbeResult = traffic.ProbeResult{Service: res.Service, Status: res.Status, Duration: res.Duration.Std(), Err: res.Error}
	return out, err
}

// Sample implements traffic.Sampler.
func (r *Router) Sample(ctx context.Context, environment string, revisions, paths []string, requests int) error {
	return r.agent.Sample(ctx, wire.SampleRequest{Environment: environment, Revisions: revisions, Paths: paths, Requests: requests})
}

// Addresses implements traffic.Addresser: its domains that have a certificate,
// the environment's name, the project's where it is live, its other domains,
// and the port of its own for tools that cannot resolve names. An environment
// without routing has none.
func (r *Router) Addresses(ctx context.Context, environment string) ([]string, error) {
	routing, err := r.agent.Routing(ctx, environment)
	if err != nil {
		return nil, err
	}
	if routing.Environment == "" {
		return nil, nil
	}
	info, err := r.agent.Info(ctx)
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(info.Edge)
	if err != nil {
		return nil, fmt.Errorf("address of the edge %q: %w", info.Edge, err)
	}
	secure, err := secureOf(info, environment)
	if err != nil {
		return nil, err
	}
	hosts := []string{routing.Environment + "." + routing.Project + ".localhost"}
	if routing.Live {
		hosts = append(hosts, lockstep.LiveHost(routing.Project))
	}
	var out []string
	for _, domain := range routing.Domains {
		if address, ok := secure[domain]; ok {
			out = append(out, address)
		} else {
			hosts = append(hosts, domain)
		}
	}
	for _, host := range hosts {
		out = append(out, address("http", host, port, "80"))
	}
	if own, ok := info.Ports[environment]; ok {
		out = append(out, "http://"+own)
	}
	return out, nil
}

// secureOf are the https:// addresses of the domains that have a certificate.
func secureOf(info wire.Info, environment string) (map[string]string, error) {
	if info.EdgeTLS == "" {
		return nil, nil
	}
	_, port, err := net.SplitHostPort(info.EdgeTLS)
	if err != nil {
		return nil, fmt.Errorf("address of the edge %q: %w", info.EdgeTLS, err)
	}
	out := map[string]string{}
	for _, c := range info.Certificates[environment] {
		if c.State != lockstep.CertificateIssued {
			continue
		}
		out[c.Domain] = address("https", c.Domain, port, "443")
	}
	return out, nil
}

// address leaves the port out that goes without saying.
func address(scheme, host, port, usual string) string {
	if port == usual {
		return scheme + "://" + host
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// Certificates are those of the environment's domains; none where the edge
// speaks no HTTPS.
func (r *Router) Certificates(ctx context.Context, environment string) ([]lockstep.Certificate, error) {
	info, err := r.agent.Info(ctx)
	return info.Certificates[environment], err
}

func wireCall(c runtime.Call) wire.Call {
	return wire.Call{Environment: c.Environment, Fence: c.Fence, Key: c.Key}
}
