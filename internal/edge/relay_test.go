package edge

import (
	"crypto/tls"
	"net/http"
	"testing"
)

// An edge that passes a request on to the next one says what it knew of the
// client, and the app hears that and nothing of the way.
func TestARelayedRequestKeepsItsClient(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	next := serving(t, Options{RelaySecret: "between us"}, startApp(t, "r", seen(requests)))
	relay := startApp(t, "next", next.EnvironmentHandler(envID))
	before := New(Options{RelaySecret: "between us"})
	before.SetRelay(envID, groupOf("r"), Backend{Instance: "next", Address: relay.addr})
	before.SetRouting(envID, routing(all("r")))

	r := newRequest(http.MethodGet, "http://"+envHost+"/", nil)
	spoof(r)
	delete(r.Header, "Connection")
	r.TLS = &tls.ConnectionState{}
	request(before.Handler(), r)
	got := (<-requests).Header
	for name, want := range map[string]string{
		"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": envHost, "X-Forwarded-Proto": "https",
		relayHeader: "", "X-Forwarded-Port": "",
	} {
		if got.Get(name) != want {
			t.Errorf("the app got %s: %q, not %q", name, got[name], want)
		}
	}
}

// Without the secret nobody is believed, and where there is none, no secret is right.
func TestOnlyAnEdgeRelays(t *testing.T) {
	t.Parallel()
	for secret, guess := range map[string]string{"between us": "between them", "": ""} {
		requests := make(chan *http.Request, 1)
		e := serving(t, Options{RelaySecret: secret}, startApp(t, "r", seen(requests)))
		r := newRequest(http.MethodGet, "http://"+envHost+"/", nil)
		spoof(r)
		delete(r.Header, "Connection")
		r.Header[relayHeader] = []string{guess}
		request(e.Handler(), r)
		got := (<-requests).Header
		if got.Get("X-Forwarded-For") != "192.0.2.1" || got.Get("X-Forwarded-Proto") != "http" || got[relayHeader] != nil {
			t.Errorf("secret %q, guess %q: the app got %v", secret, guess, got)
		}
	}
}
