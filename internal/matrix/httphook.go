package matrix

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

const (
	maxHeaders    = 50
	maxHeader     = 4 << 10  // bytes of a value
	maxHTTPBody   = 64 << 10 // bytes
	maxHTTPExpect = 20
)

var httpHookKeys = keys[lockstep.HTTPHook]{
	{"method", func(v value, h *lockstep.HTTPHook) { h.Method, _ = choice(v, "method", lockstep.HTTPHookMethods()) }},
	{"url", func(v value, h *lockstep.HTTPHook) { h.URL, _ = v.hookURL() }},
	{"headers", func(v value, h *lockstep.HTTPHook) { h.Headers = readHeaders(v) }},
	{"headersFrom", func(v value, h *lockstep.HTTPHook) { h.HeadersFrom = readHeadersFrom(v) }},
	{"body", func(v value, h *lockstep.HTTPHook) {
		if s, ok := v.httpTemplate(); ok && len(s) > maxHTTPBody {
			v.wrong("", "%d bytes are more than a hook sends (%d)", len(s), maxHTTPBody)
		} else if ok {
			h.Body = s
		}
	}},
	{"expect", func(v value, h *lockstep.HTTPHook) {
		words := v.set(value.statusRange)
		if len(words) > maxHTTPExpect {
			v.wrong("", "%d statuses are more than %d", len(words), maxHTTPExpect)
		} else {
			h.Expect = texts(words)
		}
	}},
}

var headerSourceKeys = keys[lockstep.HeaderSource]{
	{"file", func(v value, s *lockstep.HeaderSource) {
		if file, ok := v.filled(); ok && !filepath.IsAbs(file) {
			v.wrong("", "%q is no absolute path: the agent, which reads it, works in a directory of its own", clip(file))
		} else if ok {
			s.File = file
		}
	}},
}

// httpTemplate is a text with any of the placeholders that a request has.
func (v value) httpTemplate() (string, bool) {
	s, ok := v.text()
	return s, ok && v.placeholders(s, lockstep.HTTPHookPlaceholders()...)
}

func (v value) hookURL() (string, bool) {
	s, ok := v.httpTemplate()
	if !ok {
		return "", false
	}
	u, err := url.Parse(placeholderShape.ReplaceAllString(s, "x"))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(s, " \t\r\n"):
		v.wrong("write https://example.com/deployed", "%q is no http:// or https:// URL", clip(s))
	case u.User != nil:
		v.wrong("put them into a file, and name that in headersFrom: {Authorization: {file: /path}}", "a URL must not hold a user or a password: everybody sees it")
	default:
		return s, true
	}
	return "", false
}

func (v value) statusRange() (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	if _, _, err := lockstep.ParseStatusRange(s); err != nil {
		v.wrong("", "%s", err)
		return "", false
	}
	return s, true
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}$`)

// Headers that are not the matrix's to set, and those that hold what nobody
// should see.
var (
	ownHeaders    = []string{"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "idempotency-key"}
	secretHeaders = []string{"authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "private-token"}
)

func (f field) header() bool {
	switch lower := strings.ToLower(f.name); {
	case !headerName.MatchString(f.name):
		f.d.report(f.key, "", "%q is no name of a header", clip(f.name))
	case slices.Contains(ownHeaders, lower):
		f.d.report(f.key, "remove it", "%s is set by Lockstep", f.name)
	default:
		return true
	}
	return false
}

func (v value) headers() []field {
	fields, _ := v.fields()
	if len(fields) > maxHeaders {
		v.wrong("", "%d headers are more than %d", len(fields), maxHeaders)
		return nil
	}
	return slices.DeleteFunc(fields, func(f field) bool { return !f.header() })
}

func readHeaders(v value) map[string]string {
	out := map[string]string{}
	for _, f := range v.headers() {
		s, ok := f.httpTemplate()
		switch {
		case !ok:
		case slices.Contains(secretHeaders, strings.ToLower(f.name)):
			f.d.report(f.key, "put it into a file on the environment's machine, and write headersFrom: {"+f.name+": {file: /path}}", "%s holds a secret, and everybody sees the matrix", f.name)
		case len(s) > maxHeader || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			f.wrong("", "the value of a header is one line of at most %d bytes", maxHeader)
		default:
			out[f.name] = s
		}
	}
	return out
}

func readHeadersFrom(v value) map[string]lockstep.HeaderSource {
	out := map[string]lockstep.HeaderSource{}
	for _, f := range v.headers() {
		var s lockstep.HeaderSource
		if headerSourceKeys.read(f.value, &s) && !f.has("file") {
			f.wrong("write {file: /path}", "where %s comes from is missing", f.name)
		}
		out[f.name] = s
	}
	return out
}

// checkHTTP: a hook does one thing, and a request has no files to run in.
func (h hook) checkHTTP(item value) {
	if h.HTTP == nil {
		return
	}
	for _, other := range []string{"run", "service", "env"} {
		if item.has(other) {
			item.d.report(h.http, "remove one, or make it two hooks", "a hook has http or %s, not both", other)
		}
	}
	names := map[string]bool{}
	for name := range h.HTTP.Headers {
		names[strings.ToLower(name)] = true
	}
	for name := range h.HTTP.HeadersFrom {
		if names[strings.ToLower(name)] {
			item.d.report(h.http, "remove one", "%s is in headers and in headersFrom", name)
		}
	}
}

func httpHookTree(h lockstep.HTTPHook) branch {
	b := branch{"url": h.URL}
	b.put("method", h.Method)
	b.put("headers", anyMap(h.Headers))
	from := make(map[string]any, len(h.HeadersFrom))
	for name, source := range h.HeadersFrom {
		from[name] = map[string]any{"file": source.File}
	}
	b.put("headersFrom", from)
	b.put("body", h.Body)
	b.put("expect", anyList(h.Expect))
	return b
}
