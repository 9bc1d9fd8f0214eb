package matrix

import (
	"strings"
)

// claim is a service's hold on a route prefix.
type claim struct {
	service *service
	at      place
	overlay bool // an environment said so
	implied bool // nobody said so: a service without routes takes /
}

// checkRoutes: in each environment a prefix leads to one service. What is
// wrong in the project is reported once, not again for every environment.
func (d *decoder) checkRoutes(doc *document) {
	d.checkClaims(doc, nil)
	for _, e := range doc.environments {
		for _, o := range e.overlays {
			if o.routes != nil {
				d.checkClaims(doc, e)
				break
			}
		}
	}
}

func (d *decoder) checkClaims(doc *document, e *environment) {
	taken := map[string]claim{}
	for _, s := range doc.services {
		var over *service
		if e != nil {
			over = e.overlay(s.name)
		}
		for prefix, c := range claims(s, over) {
			first, twice := taken[prefix]
			if !twice {
				taken[prefix] = c
				continue
			}
			if e == nil || c.overlay || first.overlay {
				d.reportClaim(prefix, first, c)
			}
		}
	}
}

func claims(s, over *service) map[string]claim {
	routes, overlay := s.routes, false
	if over != nil && over.routes != nil {
		routes, overlay = over.routes, true
	}
	if routes == nil && s.unclear("routes") {
		return nil
	}
	if routes == nil {
		return map[string]claim{"/": {service: s, at: s.at, implied: true}}
	}
	out := make(map[string]claim, len(routes))
	for _, w := range routes {
		out[w.text] = claim{service: s, at: w.at, overlay: overlay}
	}
	return out
}

func (d *decoder) reportClaim(prefix string, first, second claim) {
	where := second
	if first.overlay && !second.overlay {
		where = first // the environment's line is the one to change
	}
	hint := "give one of them another prefix"
	for _, c := range []claim{second, first} {
		if c.implied {
			hint = "write routes: [] for " + c.service.name + " if nothing outside calls it, or give it a prefix"
			break
		}
	}
	names := []string{first.service.name, second.service.name}
	d.report(where.at, hint, "%s both take the route %s", strings.Join(names, " and "), clip(prefix))
}

// checkDomains: a domain leads to one environment, and none of ours.
func (d *decoder) checkDomains(doc *document) {
	taken := map[string]string{}
	own := doc.project + ".localhost"
	for _, e := range doc.environments {
		for _, w := range e.domains {
			if w.text == own || strings.HasSuffix(w.text, "."+own) {
				d.report(w.at, "remove it", "%s is an address that Lockstep gives by itself", clip(w.text))
				continue
			}
			if other, twice := taken[w.text]; twice {
				d.report(w.at, "", "%s already leads to %s", clip(w.text), other)
				continue
			}
			taken[w.text] = e.name
		}
	}
}
