package matrix

import (
	"net/netip"
	"path"
	"regexp"
	"strings"
)

// routePrefix is a path that requests may start with: /, /api, /v1/orders.
func (v value) routePrefix() (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	bare := strings.TrimRight(strings.TrimSuffix(s, "*"), "/")
	switch {
	case !strings.HasPrefix(s, "/"):
		hint := ""
		if s != "" && !strings.ContainsAny(s, ": ") {
			hint = "did you mean /" + clip(s) + "?"
		}
		v.wrong(hint, `a route starts with "/", and %q does not`, clip(s))
	case strings.ContainsAny(s, "?# \t\n\\{}*") && !strings.HasSuffix(s, "/*"), !printableASCII(s):
		v.wrong("", "route %q: use a plain path prefix, without patterns, queries and spaces", clip(s))
	case s != "/" && (strings.HasSuffix(s, "/") || strings.HasSuffix(s, "/*")):
		if bare == "" {
			bare = "/"
		}
		v.wrong("did you mean "+clip(bare)+"?", "route %q: a prefix already covers everything below it", clip(s))
	case path.Clean(s) != s:
		v.wrong("did you mean "+clip(path.Clean(s))+"?", "route %q is not in its shortest form", clip(s))
	case len(s) > 200:
		v.wrong("", "a route is at most 200 characters long")
	default:
		return s, true
	}
	return "", false
}

// requestPath is what is asked of an instance: /health, /api/orders?limit=1.
func (v value) requestPath() (string, bool) {
	s, ok := v.text()
	switch {
	case !ok:
		return "", false
	case !strings.HasPrefix(s, "/"):
		v.wrong("", `a path starts with "/", and %q does not`, clip(s))
	case strings.ContainsAny(s, "# \t\n"), !printableASCII(s):
		v.wrong("", "path %q holds a character that a request cannot", clip(s))
	case len(s) > 2000:
		v.wrong("", "a path is at most 2000 characters long")
	default:
		return s, true
	}
	return "", false
}

func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

var hostLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// domain is an exact host name in lower case, without scheme and port.
func (v value) domain() (string, bool) {
	s, ok := v.filled()
	if !ok {
		return "", false
	}
	host := s
	if _, rest, scheme := strings.Cut(host, "://"); scheme {
		host = rest
	}
	host, _, _ = strings.Cut(host, "/")
	if name, port, found := strings.Cut(host, ":"); found && bareNumber.MatchString(port) {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	switch {
	case strings.HasPrefix(host, "*."):
		v.wrong("list each name", "domain %q: a domain is one exact name, without *", clip(s))
	case isIP(host):
		v.wrong("", "%q is an address; a domain is a name", clip(s))
	case !isHostName(host):
		v.wrong("", "%q is no domain name", clip(s))
	case host != s:
		v.wrong("did you mean "+host+"?", "domain %q: write the name alone, in lower case, without scheme, port and path", clip(s))
	default:
		return s, true
	}
	return "", false
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil
}

func isHostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if !hostLabel.MatchString(label) {
			return false
		}
	}
	return true
}

var imageShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*(:[0-9]+)?/)?[a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$`)

// image is a reference such as registry.example.com/team/app:{{version}}.
func (v value) image() (string, bool) {
	s, ok := v.filled()
	if !ok {
		return "", false
	}
	if !v.placeholders(s, "version") {
		return "", false
	}
	if !imageShape.MatchString(strings.ReplaceAll(s, "{{version}}", "1")) {
		v.wrong("write registry/name:tag, in lower case", "%q is no image reference", clip(s))
		return "", false
	}
	return s, true
}

// endpoint is where a dependency answers: host:port or a URL. It is shown to
// everybody who may see the environment, so a password has no place in it.
func (v value) endpoint() string {
	s, ok := v.filled()
	switch {
	case !ok:
	case holdsPassword(s):
		v.d.problems.addHidden(v.n.start, v.field, "leave user and password out", "an endpoint holds no password; it is shown to everybody who may see the environment")
	case strings.ContainsAny(s, " \t\n"), !printableASCII(s):
		v.wrong("", "an endpoint is host:port or a URL")
	default:
		return s
	}
	return ""
}

// holdsPassword finds user:password@host, with a scheme before it or without.
func holdsPassword(s string) bool {
	if _, rest, scheme := strings.Cut(s, "://"); scheme {
		s = rest
	}
	user, _, at := strings.Cut(s, "@")
	return at && strings.Contains(user, ":")
}
