package monitor

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/lockstep-dev/lockstep"
)

// dependency is what a probe is about.
type dependency struct {
	project, environmentID, environment string
	record                              lockstep.DependencyRecord
	spec                                lockstep.CheckSpec // with its defaults
}

// prober asks dependencies. Its methods may be called concurrently.
type prober struct {
	credentials string // the folder
	web         *web
	usage       *usage
	now         func() time.Time
}

func newProber(credentials string, now func() time.Time) *prober {
	return &prober{credentials: credentials, web: newWeb(), usage: newUsage(now), now: now}
}

// probe asks once, within the check's timeout, and judges the answer. It ends
// early, with a result that means nothing, where ctx ends.
func (p *prober) probe(ctx context.Context, d dependency) result {
	ctx, cancel := context.WithTimeout(ctx, d.spec.Timeout.Std())
	defer cancel()
	watch := startWatch()
	r, err := p.ask(ctx, d)
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		r = failed(err)
	}
	if r.took == 0 {
		r.took = watch.passed()
	}
	r.judge(d.spec.Warn)
	return r.shown()
}

func (p *prober) ask(ctx context.Context, d dependency) (result, error) {
	at, err := locate(d.record.Endpoint, d.spec)
	if err != nil {
		return result{}, err
	}
	if at.password, err = p.password(d.project, d.spec.PasswordFile); err != nil {
		return result{}, err
	}
	switch d.spec.Kind {
	case lockstep.CheckTCP:
		return askTCP(ctx, at)
	case lockstep.CheckHTTP:
		return p.web.ask(ctx, at, p.now())
	case lockstep.CheckCommand:
		return runCommand(ctx, d)
	case lockstep.CheckPostgreSQL:
		return askPostgreSQL(ctx, at)
	case lockstep.CheckRedis:
		return askRedis(ctx, at)
	case lockstep.CheckRabbitMQ:
		return p.web.askRabbitMQ(ctx, at)
	case lockstep.CheckElasticsearch:
		return p.web.askElasticsearch(ctx, at)
	case lockstep.CheckS3:
		return p.askS3(ctx, at, d)
	}
	return result{}, refused("this server does not know the check %q", d.spec.Kind)
}

// location is an endpoint taken apart. A password never stands in its URL.
type location struct {
	url            *url.URL // has a scheme and a host
	user, password string
}

// address is host and port, the port being the usual one where none is said.
func (l location) address(port string) string {
	if l.url.Port() != "" {
		port = l.url.Port()
	}
	return joinHostPort(l.url.Hostname(), port)
}

func locate(endpoint string, spec lockstep.CheckSpec) (location, error) {
	if spec.Kind == lockstep.CheckCommand {
		return location{url: &url.URL{}}, nil
	}
	if !strings.Contains(endpoint, "://") {
		endpoint = schemeOf(spec.Kind) + "://" + endpoint
	}
	u, err := url.Parse(endpoint)
	socket := err == nil && spec.Kind == lockstep.CheckPostgreSQL && u.Query().Get("host") != ""
	if err != nil || u.Hostname() == "" && !socket {
		return location{}, refused("the endpoint cannot be read: write host:port or a URL")
	}
	if _, has := u.User.Password(); has {
		return location{}, refused("the endpoint holds a password: put it into a file and name that as passwordFile")
	}
	at := location{url: u, user: u.User.Username()}
	if spec.User != "" {
		at.user = spec.User
	}
	u.User = nil
	if spec.Path != "" {
		path, query, _ := strings.Cut(spec.Path, "?")
		u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/")+path, ""
		if query != "" {
			u.RawQuery = query
		}
	}
	return at, nil
}

// schemeOf is the scheme of an endpoint that says none.
func schemeOf(kind lockstep.CheckKind) string {
	switch kind {
	case lockstep.CheckPostgreSQL:
		return "postgresql"
	case lockstep.CheckRedis:
		return "redis"
	case lockstep.CheckTCP, lockstep.CheckCommand:
		return "tcp"
	default:
		return "http"
	}
}

// mostShown is how much of a text from elsewhere is kept.
const mostShown = 200

// shown makes what others said fit to be stored and shown on a terminal.
func (r result) shown() result {
	r.version, r.message = clean(r.version), clean(r.message)
	for i, f := range r.facts {
		r.facts[i] = clean(f)
	}
	for name, v := range r.metadata {
		if s, ok := v.(string); ok {
			r.metadata[name] = clean(s)
		}
	}
	return r
}

func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if letters := []rune(s); len(letters) > mostShown {
		s = string(letters[:mostShown-1]) + "…"
	}
	return strings.TrimSpace(s)
}
