package cli

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// serviceURLs puts the addresses of the services that one calls into what it
// gets: there it has those of its own instances' siblings, here only the edge
// leads to any. What somebody set stays.
func (a *app) serviceURLs(ctx context.Context, c *client.Client, env, service string, s lockstep.ResolvedService) {
	if service == "" {
		return
	}
	status, err := c.Status(ctx, env)
	if err != nil { // a kindness: the command runs without them
		return
	}
	urls, missing := urlsOf(status, service, s.Env, func(address string) bool { return answers(ctx, address) })
	for key, value := range urls {
		s.Env[key] = value
	}
	if len(missing) > 0 {
		paragraph(a.Err, "Not set, because no address leads there from here: "+strings.Join(missing, ", ")+". Where the command needs one, set it in front of it with env: lockstep run "+env+" --service "+service+" -- env "+missing[0]+"=http://127.0.0.1:8080 …")
	}
}

// urlsOf are the addresses of the services that one depends on, and the names
// of those for which there is none: without routes, or not reached from here.
func urlsOf(status lockstep.StatusReport, service string, set map[string]string, reached func(address string) bool) (urls map[string]string, missing []string) {
	if status.Revision == nil {
		return nil, nil // nothing was deployed yet: what it calls is not known
	}
	services := status.Revision.Content.Services
	at := func(name string) int {
		return slices.IndexFunc(services, func(s lockstep.ServiceSpec) bool { return s.Name == name })
	}
	i := at(service)
	if i < 0 {
		return nil, nil
	}
	edge, looked := "", false
	urls = map[string]string{}
	for _, name := range services[i].DependsOn {
		key := strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "_URL"
		if _, said := set[key]; said {
			continue
		}
		if n := at(name); n >= 0 && len(services[n].Routes) > 0 && status.StoppedAt == nil {
			if !looked {
				looked = true
				if n := slices.IndexFunc(status.Addresses, reached); n >= 0 {
					edge = strings.TrimSuffix(status.Addresses[n], "/")
				}
			}
			if edge != "" {
				urls[key] = edge
				continue
			}
		}
		missing = append(missing, key)
	}
	return urls, missing
}

// answers says that something listens at an address, and that its name is
// known here.
func answers(ctx context.Context, address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
