package matrix

import (
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// What an environment asks of its router beside shares: clients that stay,
// testers, and requests of our own.

var stickyKeys = keys[lockstep.Sticky]{
	{"lifetime", func(v value, s *lockstep.Sticky) { setDuration(v, time.Second, maxSticky, &s.Lifetime) }},
}

var testerKeys = keys[lockstep.Testers]{
	{"header", func(v value, t *lockstep.Testers) {
		if name, ok := v.header(); ok {
			t.Header = name
		}
	}},
	{"cookie", func(v value, t *lockstep.Testers) {
		name, ok := v.text()
		if ok && !cookieShape.MatchString(name) {
			v.wrong("", "%q is no name of a cookie here: letters, digits, - and _", clip(name))
			return
		}
		t.Cookie = name
	}},
	{"value", func(v value, t *lockstep.Testers) {
		s, ok := v.text()
		if ok && !testerShape.MatchString(s) {
			v.wrong("", `a value has 1 to 200 visible characters, without spaces, quotes, commas, semicolons and \`)
			return
		}
		t.Value = s
	}},
}

var probeKeys = keys[lockstep.SyntheticProbes]{
	{"paths", func(v value, p *lockstep.SyntheticProbes) {
		words := v.set(value.requestPath)
		switch {
		case words == nil:
		case len(words) == 0 || len(words) > maxProbePaths:
			v.wrong("", "probes have 1 to %d paths, not %d", maxProbePaths, len(words))
		default:
			p.Paths = texts(words)
		}
	}},
	{"rate", func(v value, p *lockstep.SyntheticProbes) { setPositive(v, maxProbeRate, &p.Rate) }},
}

const (
	maxSticky     = 365 * 24 * time.Hour
	maxMirror     = 100 // percent
	maxProbeRate  = 100 // a second, to each side
	maxProbePaths = 20
)

var (
	headerShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)
	cookieShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	testerShape = regexp.MustCompile(`^[!#-+\--:<-\[\]-~]{1,200}$`)
)

// readSticky reads true, false, or how.
func readSticky(v value, into **lockstep.Sticky) {
	var s lockstep.Sticky
	if v.n.kind == mapping {
		if stickyKeys.read(v, &s) {
			*into = &s
		}
		return
	}
	if on, ok := v.boolean(); ok && on {
		*into = &s
	}
}

func readTesters(v value, into **lockstep.Testers) {
	var t lockstep.Testers
	before := v.d.problems.count()
	if !testerKeys.read(v, &t) || v.d.problems.count() > before {
		return
	}
	switch {
	case t.Value == "":
		v.wrong("add value: and something that users do not send", "testers are known by the value of a header or a cookie, and none is said")
	case t.Header == "" && t.Cookie == "":
		v.wrong("add header: X-Preview", "testers are known by a header or a cookie, and none is said")
	default:
		*into = &t
	}
}

func readProbes(v value, into **lockstep.SyntheticProbes) {
	var p lockstep.SyntheticProbes
	before := v.d.problems.count()
	if !probeKeys.read(v, &p) || v.d.problems.count() > before {
		return
	}
	if len(p.Paths) == 0 {
		v.wrong("add paths: [/]", "probes need paths to request")
		return
	}
	*into = &p
}

// header is the name of one that clients may send as they like.
func (v value) header() (string, bool) {
	name, ok := v.text()
	switch {
	case !ok:
		return "", false
	case !headerShape.MatchString(name):
		v.wrong("", "%q is no name of a header here: letters, digits and -", clip(name))
	case slices.Contains(takenHeaders, textproto.CanonicalMIMEHeaderKey(name)), strings.HasPrefix(strings.ToLower(name), "x-forwarded-"):
		v.wrong("take a name of your own, such as X-Preview", "the header %s has another purpose", clip(name))
	default:
		return name, true
	}
	return "", false
}

var takenHeaders = []string{
	"Host", "Cookie", "Connection", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding",
	"Upgrade", "Content-Length", "Expect", "Forwarded", "X-Real-Ip", "Lockstep-Mirrored", "Lockstep-Probe",
}
