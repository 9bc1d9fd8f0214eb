package agent

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"github.com/lockstep-dev/lockstep"
)

// HookNetwork says where the requests of hooks may go. A tool inside a company
// has to reach the company's networks, so that only those addresses are
// refused by themselves that nobody means: of this link, of cloud machines'
// metadata, of nobody and of everybody; and this machine's own, unless the URL
// says so in so many words (localhost, 127.0.0.1), because a name of somebody
// else's may lead there. Deny wins over Allow, and Allow over the rest.
type HookNetwork struct {
	Allow []netip.Prefix `json:"allow,omitempty"`
	Deny  []netip.Prefix `json:"deny,omitempty"`
}

// ParseHookNetwork reads addresses and prefixes ("10.0.0.7", "10.0.0.0/8").
func ParseHookNetwork(allow, deny []string) (n HookNetwork, err error) {
	for _, list := range []struct {
		flag  string
		texts []string
		into  *[]netip.Prefix
	}{{"hook-allow", allow, &n.Allow}, {"hook-deny", deny, &n.Deny}} {
		for _, text := range list.texts {
			p, err := netip.ParsePrefix(text)
			if addr, addrErr := netip.ParseAddr(text); err != nil && addrErr == nil {
				p, err = addr.Prefix(addr.BitLen())
			}
			if err != nil {
				return n, lockstep.Invalid(list.flag, "--%s %q is no address or network: write 10.0.0.7 or 10.0.0.0/8", list.flag, text)
			}
			*list.into = append(*list.into, p.Masked())
		}
	}
	return n, nil
}

// metadata are the addresses at which clouds tell a machine its secrets,
// beside those of the link.
var metadata = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("168.63.129.16"),   // Azure
	netip.MustParseAddr("192.0.0.192"),     // Oracle
}

// Prefixes whose addresses hold an IPv4 address, and where in them it stands.
var embedding = []struct {
	netip.Prefix
	at int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12},
	{netip.MustParsePrefix("2002::/16"), 2},
	{netip.MustParsePrefix("::/96"), 12},
}

// plain is the address that one leads to: IPv4 inside IPv6 is unpacked.
func plain(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if addr.Is4() || addr == netip.IPv6Unspecified() || addr == netip.IPv6Loopback() {
		return addr
	}
	for _, e := range embedding {
		if e.Contains(addr) {
			bytes := addr.As16()
			return netip.AddrFrom4([4]byte(bytes[e.at : e.at+4]))
		}
	}
	return addr
}

const deniedByFlag = "is denied by --hook-deny"

// refuses says why a request must not go to an address; "" it may. local is a
// request to whom says that it is of this machine.
func (n HookNetwork) refuses(addr netip.Addr, local bool) string {
	dialled := addr.Unmap().WithZone("")
	addr = plain(addr)
	holds := func(p netip.Prefix) bool { // as it was dialled, as what it stands for, and that where the network is IPv4 in the words of IPv6
		return p.Contains(addr) || p.Contains(dialled) || p.Addr().Is4In6() && p.Bits() >= 96 && p.Contains(netip.AddrFrom16(addr.As16()))
	}
	switch {
	case slices.ContainsFunc(n.Deny, holds):
		return deniedByFlag
	case slices.ContainsFunc(n.Allow, holds):
		return ""
	case slices.Contains(metadata, addr):
		return "is where a cloud keeps its machines' metadata"
	case addr.IsLinkLocalUnicast():
		return "is link-local, where clouds keep their machines' metadata"
	case addr.IsUnspecified(), addr.Is4() && addr.As4()[0] == 0:
		return "is nobody's"
	case addr.IsMulticast(), addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "is everybody's"
	case addr.IsLoopback() && !local:
		return "is this machine itself, which the URL does not say"
	}
	return ""
}

// isLocal says that a URL says that it leads to this machine.
func isLocal(u *url.URL) bool {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		return plain(addr).IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// refusedError is an address that a request would have gone to.
type refusedError struct {
	addr netip.Addr
	why  string
}

func (e *refusedError) Error() string {
	if e.why == deniedByFlag {
		return fmt.Sprintf("the address %s %s of the agent", e.addr, e.why)
	}
	return fmt.Sprintf("the address %s %s: hooks are not sent there, unless the agent runs with --hook-allow %s", e.addr, e.why, e.addr)
}

// check is a net.Dialer's Control: it sees what is really dialled, after DNS.
func (n HookNetwork) check(local bool) func(string, string, syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		addr, err := netip.ParseAddr(host)
		if err != nil {
			return err
		}
		if why := n.refuses(addr, local); why != "" {
			return &refusedError{addr, why}
		}
		return nil
	}
}
