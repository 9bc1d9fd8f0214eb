package edge

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// route leads a path prefix to a group.
type route struct {
	prefix  string // without a slash at its end; "" matches every path
	service string
	group   string
	tally   *tally
	off     bool // the service is disabled: the edge answers
}

// routesOf orders prefixes so that the first match is the longest. Of equal
// ones the first declared wins.
func routesOf(services []lockstep.ServiceRoute, disabled []string) []route {
	var routes []route
	for _, s := range services {
		for _, prefix := range s.Prefixes {
			routes = append(routes, route{
				prefix:  strings.TrimRight(prefix, "/"),
				service: s.Service,
				group:   s.Group,
				off:     slices.Contains(disabled, s.Service),
			})
		}
	}
	slices.SortStableFunc(routes, func(a, b route) int { return cmp.Compare(len(b.prefix), len(a.prefix)) })
	return routes
}

// find is the route with the longest prefix of path that ends where one of
// its segments does: "/api" matches /api and /api/x, not /apix.
func (o *offer) find(path string) (route, bool) {
	for _, r := range o.routes {
		rest, ok := strings.CutPrefix(path, r.prefix)
		if ok && (rest == "" || rest[0] == '/') {
			return r, true
		}
	}
	return route{}, false
}

// maxHost is the longest host name of the DNS.
const maxHost = 253

// hostName is the name in a Host header, lower case, without port and final
// dot. It is false for what cannot be a host.
func hostName(header string) (string, bool) {
	name := header
	if strings.HasPrefix(name, "[") { // an IPv6 address; no environment has one, EnvironmentHandler does not care
		end := strings.IndexByte(name, ']')
		if end < 0 || !isPort(name[end+1:]) || !hexAndColons(name[1:end]) {
			return "", false
		}
		return strings.ToLower(name[:end+1]), true
	}
	if colon := strings.IndexByte(name, ':'); colon >= 0 {
		if !isPort(name[colon:]) {
			return "", false
		}
		name = name[:colon]
	}
	if strings.Contains(name, "..") {
		return "", false
	}
	name = strings.TrimSuffix(name, ".")
	if name == "" || len(name) > maxHost || name[0] == '.' {
		return "", false
	}
	for i := range len(name) {
		if c := name[i]; !isAlphanumeric(c) && c != '-' && c != '.' && c != '_' {
			return "", false
		}
	}
	return strings.ToLower(name), true
}

// isPort accepts what may follow a host: nothing, or a colon and digits.
func isPort(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ':' || len(s) > len(":65535") {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func hexAndColons(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == ':' || c == '.') {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
}
