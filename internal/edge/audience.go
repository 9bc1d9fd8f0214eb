package edge

import (
	"crypto/subtle"
	"net/http"

	"github.com/lockstep-dev/lockstep"
)

// audience is what a routing asks beside weights: who is led where. It is nil
// in a view of an environment that asks for none of it, so that its requests
// pay for a look at a pointer.
type audience struct {
	sticky  *cookie // nil also where there is nothing to choose
	testers *testers
	mirror  *mirror
}

// testers are led to one revision.
type testers struct {
	header string // canonical; "" none
	cookie string
	value  string
	offer  *offer
}

// visitor is what the edge knows of who asks.
type visitor struct {
	place  uint64 // where it is among all clients; see cookie
	placed bool
	fresh  bool // the place is new: its answer brings the cookie
	tester bool
}

func (env *environment) audienceOf(r lockstep.Routing, next *view) *audience {
	var a audience
	if r.Sticky != nil && len(next.shares) > 1 {
		a.sticky = newCookie(env.id, r.Sticky.Lifetime)
		for i := range next.shares {
			s := &next.shares[i]
			s.salt = saltOf(env.id, s.revision)
		}
	}
	if t := r.Testers; t != nil && t.Match.Value != "" && next.offers[t.Revision] != nil {
		a.testers = &testers{
			header: http.CanonicalHeaderKey(t.Match.Header), cookie: t.Match.Cookie, value: t.Match.Value,
			offer: next.offers[t.Revision],
		}
	}
	a.mirror = env.mirrorTo(r.Mirror, next)
	if a == (audience{}) {
		return nil
	}
	return &a
}

// recognise reads what the request says of its sender.
func (a *audience) recognise(r *http.Request) visitor {
	var v visitor
	if a.testers != nil && a.testers.sent(r) {
		v.tester = true
		return v
	}
	if a.sticky != nil {
		v.placed = true
		if v.place, v.fresh = a.sticky.read(r); v.fresh {
			v.place = newPlace()
		}
	}
	return v
}

func (t *testers) sent(r *http.Request) bool {
	if t.header != "" {
		for _, value := range r.Header[t.header] {
			if t.is(value) {
				return true
			}
		}
	}
	if t.cookie != "" {
		for _, c := range r.CookiesNamed(t.cookie) {
			if t.is(c.Value) {
				return true
			}
		}
	}
	return false
}

func (t *testers) is(value string) bool {
	return subtle.ConstantTimeCompare([]byte(value), []byte(t.value)) == 1
}

// lead is the revision for a visitor; false where nothing is served.
func (v *view) lead(who visitor) (o *offer, kind lockstep.SampleKind, ok bool) {
	a := v.audience
	switch {
	case a == nil:
	case who.tester && a.testers != nil && v.ready(a.testers.offer):
		return a.testers.offer, lockstep.SampleTester, true
	case who.placed && a.sticky != nil:
		return v.chooseFor(who.place), "", true
	}
	o, ok = v.choose()
	return o, "", ok
}

// ready says that each service of the revision has an instance.
func (v *view) ready(o *offer) bool {
	for _, r := range o.routes {
		if v.pools[r.group] == nil {
			return false
		}
	}
	return len(o.routes) > 0
}
