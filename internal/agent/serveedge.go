package agent

import (
	"errors"
	"io/fs"
	"net"
	"path/filepath"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/edge/certificate"
)

// serveEdge binds what was bound before.
func (a *agent) serveEdge(known *state) error {
	plain, err := a.bind(hostEdge, a.opts.EdgeAddr)
	if err != nil {
		return err
	}
	handler := a.edge.Handler()
	if a.opts.EdgeTLS.Addr == "" {
		a.hosts.serve(hostEdge, plain, handler)
	} else {
		secure, err := a.bind(hostEdgeTLS, a.opts.EdgeTLS.Addr)
		if err == nil {
			a.certificates, err = openCertificates(a.opts, plain, secure, known)
		}
		if err != nil {
			return errors.Join(err, plain.Close())
		}
		a.registry.MustRegister(certificateCollector{a})
		a.hosts.serve(hostEdge, plain, a.certificates.Plain(handler))
		a.hosts.serveTLS(hostEdgeTLS, secure, handler, a.certificates.TLSConfig())
	}
	for id, e := range known.Environments {
		if e.Port != 0 {
			a.hosts.reopen(hostEnvironment(id), e.Port, a.edge.EnvironmentHandler(id), a.detached)
		}
		for group, g := range e.Groups {
			a.hosts.reopen(hostGroup(id, group), g.Port, a.edge.GroupHandler(id, group), a.detached)
		}
	}
	return nil
}

// bind gives the listener of this name that the agent before left, or a new one.
func (a *agent) bind(name, addr string) (net.Listener, error) {
	if l, ok := a.hosts.inherit(name); ok {
		return l, nil
	}
	l, err := listenTCP(addr)
	if err != nil {
		return nil, CannotListen(addr, err)
	}
	return l, nil
}

// CannotListen says why the edge cannot listen, and what to do.
func CannotListen(addr string, err error) error {
	const unavailable = lockstep.CodeUnavailable
	if errors.Is(err, fs.ErrPermission) {
		return lockstep.Errorf(unavailable, "the edge may not listen on %s (%w): ports below 1024 need a permission. "+
			"Under systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit; otherwise: setcap cap_net_bind_service=+ep on the lockstep program, after each upgrade", addr, err)
	}
	return lockstep.Errorf(unavailable, "the edge cannot listen on %s (%w): stop what listens there, or give the agent another address", addr, err)
}

// openCertificates serves what is stored and begins to get the rest.
func openCertificates(o Options, plain, secure net.Listener, known *state) (*certificate.Keeper, error) {
	roots, err := o.EdgeTLS.roots()
	if err != nil {
		return nil, err
	}
	wanted := map[string][]string{}
	for id, e := range known.Environments {
		if e.Routing != nil {
			wanted[id] = e.Routing.Domains
		}
	}
	return certificate.Open(certificate.Options{
		Dir: filepath.Join(o.Dir, "certificates"), HTTP: plain.Addr(), TLS: secure.Addr(),
		CA: o.EdgeTLS.CA, Roots: roots, Email: o.EdgeTLS.Email, Log: o.Logger,
	}, wanted)
}
