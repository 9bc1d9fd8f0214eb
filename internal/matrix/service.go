package matrix

import (
	"regexp"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// service is services.<name>, and with fewer keys the overlay of an
// environment over it. A nil slice, map or pointer was not said.
type service struct {
	name     string
	at       place
	artifact string
	image    string
	port     int
	command  []string
	routes   []word // nil: not said; empty: not reached from outside
	env      map[string]string
	health   *lockstep.HealthSpec
	limits   *lockstep.Resources
	depends  []word
	validate []string
	user     string
	grace    lockstep.Duration
	replicas replicas

	base *service // of an overlay
	said value    // what this was read from
}

// replicas is how many instances run: of an overlay only fallback is set.
type replicas struct {
	fallback *int
	in       map[string]int // by environment
	names    []word         // the environments that in names
}

// overlayKeys are what an environment may say of a service as well.
var overlayKeys = keys[service]{
	{"command", func(v value, s *service) {
		s.command = v.program(value.template)
	}},
	{"routes", func(v value, s *service) {
		s.routes = v.set(value.routePrefix)
	}},
	{"env", func(v value, s *service) { s.env = readEnv(v, value.template) }},
	{"health", func(v value, s *service) {
		var h lockstep.HealthSpec
		if s.base != nil && s.base.health != nil {
			h = *s.base.health
		}
		if healthKeys.read(v, &h) {
			s.health = &h
		}
	}},
	{"resources", func(v value, s *service) {
		var r lockstep.Resources
		if s.base != nil && s.base.limits != nil {
			r = *s.base.limits
		}
		if resourceKeys.read(v, &r) {
			s.limits = &r
		}
	}},
	{"validate", func(v value, s *service) {
		if words := v.set(value.requestPath); words != nil {
			s.validate = texts(words)
		}
	}},
	{"user", func(v value, s *service) {
		if name, ok := v.text(); ok {
			if !userShape.MatchString(name) {
				v.wrong("", "%q is no user name", clip(name))
				return
			}
			s.user = name
		}
	}},
}

// serviceKeys are the keys of services.<name>.
var serviceKeys = append(keys[service]{
	{"artifact", func(v value, s *service) {
		if path, ok := v.filled(); ok && v.placeholders(path) {
			s.artifact = path
		}
	}},
	{"image", func(v value, s *service) { s.image, _ = v.image() }},
	{"port", func(v value, s *service) { s.port, _ = v.integer(1, 65535) }},
	{"replicas", func(v value, s *service) { s.replicas = readReplicas(v) }},
	{"dependsOn", func(v value, s *service) {
		s.depends = v.set(value.filled)
	}},
	{"stopGrace", func(v value, s *service) { s.grace, _ = v.duration(time.Millisecond, maxWait) }},
}, overlayKeys...)

// environmentServiceKeys are the keys of environments.<name>.services.<service>.
var environmentServiceKeys = append(keys[service]{
	{"replicas", func(v value, s *service) {
		if n, ok := v.integer(0, maxReplicas); ok {
			s.replicas.fallback = &n
		}
	}},
}, overlayKeys...)

var healthKeys = keys[lockstep.HealthSpec]{
	{"path", func(v value, h *lockstep.HealthSpec) {
		if v.n.kind == text && v.n.text == "" {
			h.Path = "" // back to a TCP connection
			return
		}
		if p, ok := v.requestPath(); ok && v.placeholders(p, allPlaceholders...) {
			h.Path = p
		}
	}},
	{"interval", func(v value, h *lockstep.HealthSpec) {
		setDuration(v, 10*time.Millisecond, maxWait, &h.Interval)
	}},
	{"timeout", func(v value, h *lockstep.HealthSpec) { setDuration(v, time.Millisecond, maxWait, &h.Timeout) }},
	{"healthyAfter", func(v value, h *lockstep.HealthSpec) { setPositive(v, 100, &h.HealthyAfter) }},
	{"unhealthyAfter", func(v value, h *lockstep.HealthSpec) { setPositive(v, 100, &h.UnhealthyAfter) }},
	{"startTimeout", func(v value, h *lockstep.HealthSpec) { setDuration(v, time.Millisecond, maxWait, &h.StartTimeout) }},
}

var resourceKeys = keys[lockstep.Resources]{
	{"cpu", func(v value, r *lockstep.Resources) {
		if s, ok := v.cpu(); ok {
			r.CPU = s
		}
	}},
	{"memory", func(v value, r *lockstep.Resources) {
		if s, ok := v.memory(); ok {
			r.Memory = s
		}
	}},
}

var userShape = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$`)

// program is a command: a program and its arguments. A list that is wrong is
// reported and yields nil.
func (v value) program(check func(value) (string, bool)) []string {
	items, ok := v.list()
	if !ok {
		return nil
	}
	words := v.words(check)
	if len(words) < len(items) {
		return nil
	}
	if len(words) == 0 || strings.TrimSpace(words[0].text) == "" {
		v.wrong("", "the first word of a command names the program")
		return nil
	}
	return texts(words)
}

// unclear says that a key may be meant without having been read: it is there
// and wrong, or something that we do not know is there. What follows from its
// absence must not be reported then.
func (s *service) unclear(key string) bool {
	if s.said.n == nil {
		return false
	}
	for _, e := range s.said.n.entries {
		if e.key.text == key || !serviceKeys.known(e.key.text) {
			return true
		}
	}
	return s.said.n.kind != mapping && s.said.n.kind != null
}

func setDuration(v value, least, most time.Duration, into *lockstep.Duration) {
	if d, ok := v.duration(least, most); ok {
		*into = d
	}
}

func setPositive(v value, most int, into *int) {
	if n, ok := v.integer(1, most); ok {
		*into = n
	}
}

func readServices(v value) []*service {
	fields, ok := v.fields()
	if !ok {
		return nil
	}
	if len(fields) > maxServices {
		v.wrong("", "%d services are more than %d", len(fields), maxServices)
		return nil
	}
	out := make([]*service, 0, len(fields))
	for _, f := range fields {
		s := &service{name: f.name, at: f.key, said: f.value}
		v.d.validate(f.key, lockstep.ValidateServiceName(f.name))
		serviceKeys.read(f.value, s)
		out = append(out, s)
	}
	return out
}

func readReplicas(v value) replicas {
	if v.n.kind != mapping {
		if n, ok := v.integer(0, maxReplicas); ok {
			return replicas{fallback: &n}
		}
		return replicas{}
	}
	out := replicas{in: map[string]int{}}
	fields, _ := v.fields()
	for _, f := range fields {
		n, ok := f.integer(0, maxReplicas)
		switch {
		case !ok:
		case f.name == "default":
			out.fallback = &n
		default:
			out.in[f.name] = n
			out.names = append(out.names, word{f.name, f.key})
		}
	}
	return out
}
