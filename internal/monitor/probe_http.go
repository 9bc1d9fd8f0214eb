package monitor

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"
)

// mostAnswer bounds what is read of an answer.
const mostAnswer = 1 << 20

// web asks over HTTP: each time over a new connection, as a dependency's next
// user might; past no proxy, and following nobody elsewhere, so that a
// password goes only where the matrix says.
type web struct{ client *http.Client }

func newWeb() *web {
	return &web{&http.Client{
		Transport: &http.Transport{
			DisableKeepAlives: true, DisableCompression: true, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
			DialContext: (&net.Dialer{KeepAlive: -1}).DialContext,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func newRequest(ctx context.Context, at location) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.url.String(), http.NoBody)
	if err != nil {
		return nil, refused("the endpoint cannot be read: write host:port or a URL")
	}
	r.Header.Set("User-Agent", "lockstep-check")
	if at.user != "" || at.password != "" {
		r.SetBasicAuth(at.user, at.password)
	}
	return r, nil
}

// ask is content with any answer below 400.
func (w *web) ask(ctx context.Context, at location, now time.Time) (result, error) {
	request, err := newRequest(ctx, at)
	if err != nil {
		return result{}, err
	}
	watch := startWatch()
	answer, err := w.client.Do(request)
	if err != nil {
		return result{}, err
	}
	defer answer.Body.Close()
	r := found(answer.Header.Get("Server"))
	r.took = watch.passed()
	r.fact("httpStatus", answer.StatusCode, http.StatusText(answer.StatusCode))
	if answer.StatusCode >= 400 {
		r.status, r.message = "unhealthy", "answers "+answer.Status
	}
	if answer.TLS != nil && len(answer.TLS.PeerCertificates) > 0 {
		left := answer.TLS.PeerCertificates[0].NotAfter.Sub(now)
		r.fact("expiresIn", left.Seconds(), "certificate for "+days(left))
	}
	return r, nil
}

// read asks for JSON, and returns how long the answer took to begin.
func (w *web) read(ctx context.Context, at location, path string, into any) (time.Duration, error) {
	to := *at.url
	to.Path = joinPath(to.Path, path)
	at.url = &to
	request, err := newRequest(ctx, at)
	if err != nil {
		return 0, err
	}
	watch := startWatch()
	answer, err := w.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	took := watch.passed()
	if err := asked(answer); err != nil {
		return took, err
	}
	return took, json.NewDecoder(io.LimitReader(answer.Body, mostAnswer)).Decode(into)
}

// asked is why an answer is none.
func asked(answer *http.Response) error {
	switch {
	case answer.StatusCode == http.StatusUnauthorized, answer.StatusCode == http.StatusForbidden:
		return refused("the user or the password was refused (%s)", answer.Status)
	case answer.StatusCode != http.StatusOK:
		return refused("answers %s", answer.Status)
	}
	return nil
}

func joinPath(base, path string) string {
	for base != "" && base[len(base)-1] == '/' {
		base = base[:len(base)-1]
	}
	return base + path
}
