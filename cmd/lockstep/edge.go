package main

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// edgeOptions are the flags that say where and how the edge serves. The
// server has them only to start the agent with.
type edgeOptions struct {
	addr string
	tls  agent.EdgeTLS

	hookAllow, hookDeny []string
	hooks               agent.HookNetwork
}

func (o *edgeOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.addr, "edge", agent.DefaultEdgeAddr, "address under which the environments are served")
	f.StringVar(&o.tls.Addr, "edge-tls", "", "address under which their domains are served over HTTPS, such as :443 (default: not at all)")
	f.StringVar(&o.tls.Email, "acme-email", "", "where the CA may write to about certificates (LOCKSTEP_ACME_EMAIL)")
	f.StringVar(&o.tls.CA, "acme-ca", "", "URL of the CA's ACME directory (LOCKSTEP_ACME_CA; default: Let's Encrypt)")
	f.StringVar(&o.tls.CARoots, "acme-ca-roots", "", "PEM file with the roots that the CA's own address is trusted by (default: the system's)")
	f.StringSliceVar(&o.hookAllow, "hook-allow", nil, "addresses and networks that HTTP hooks may go to although they are refused otherwise, such as 169.254.10.0/24")
	f.StringSliceVar(&o.hookDeny, "hook-deny", nil, "addresses and networks that HTTP hooks must not go to")
}

// complete adds what the environment says, and looks at it all.
func (o *edgeOptions) complete(env func(string) string) (err error) {
	o.tls.Email = cmp.Or(o.tls.Email, env("LOCKSTEP_ACME_EMAIL"))
	o.tls.CA = cmp.Or(o.tls.CA, env("LOCKSTEP_ACME_CA"))
	if o.tls.CARoots != "" { // the agent runs in a directory of its own
		if o.tls.CARoots, err = filepath.Abs(o.tls.CARoots); err != nil {
			return err
		}
	}
	if o.hooks, err = agent.ParseHookNetwork(o.hookAllow, o.hookDeny); err != nil {
		return err
	}
	return o.tls.Check()
}

// args are the agent's arguments that say the same.
func (o *edgeOptions) args() []string {
	args := []string{"--edge", o.addr}
	for _, flag := range []struct {
		name   string
		values []string
	}{{"--hook-allow", o.hookAllow}, {"--hook-deny", o.hookDeny}} {
		if len(flag.values) > 0 {
			args = append(args, flag.name, strings.Join(flag.values, ","))
		}
	}
	if o.tls.Addr == "" {
		return args
	}
	for _, flag := range [][2]string{
		{"--edge-tls", o.tls.Addr}, {"--acme-email", o.tls.Email}, {"--acme-ca", o.tls.CA}, {"--acme-ca-roots", o.tls.CARoots},
	} {
		if flag[1] != "" {
			args = append(args, flag[:]...)
		}
	}
	return args
}

// free says, before anybody relies on it, that the edge could listen.
func (o *edgeOptions) free() error {
	for _, at := range [][2]string{{"--edge", o.addr}, {"--edge-tls", o.tls.Addr}} {
		flag, addr := at[0], at[1]
		if addr == "" {
			continue
		}
		ln, err := net.Listen("tcp", addr)
		if errors.Is(err, fs.ErrPermission) {
			return agent.CannotListen(addr, err)
		}
		if err != nil {
			return lockstep.Errorf(lockstep.CodeConflict, "the edge cannot listen on %s: %w\nStop what listens there, or name another address with %s", addr, err, flag)
		}
		if err := ln.Close(); err != nil {
			return err
		}
	}
	return nil
}

// certificatesOf are those of all environments, by domain.
func certificatesOf(info wire.Info) []lockstep.Certificate {
	all := slices.Concat(slices.Collect(maps.Values(info.Certificates))...)
	slices.SortFunc(all, func(a, b lockstep.Certificate) int { return strings.Compare(a.Domain, b.Domain) })
	return slices.CompactFunc(all, func(a, b lockstep.Certificate) bool { return a.Domain == b.Domain })
}
