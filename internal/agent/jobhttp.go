package agent

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

const (
	maxSecret    = 16 << 10 // bytes of a header's file
	maxRedirects = 5
	maxAnswer    = 64 << 10 // bytes of it that are read
)

// orderRequest is orderJob of a request: it needs no files and is nobody's.
func (a *agent) orderRequest(req wire.JobRequest, launch string) (jobOrder, error) {
	if u, err := url.Parse(req.HTTP.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return jobOrder{}, lockstep.Invalid("url", "the hook's url is no http:// or https:// URL once its placeholders are filled in")
	}
	if err := os.MkdirAll(filepath.Join(a.jobDir(launch), dirWork), 0o700); err != nil {
		return jobOrder{}, storing(err)
	}
	return jobOrder{HTTP: req.HTTP, Network: a.opts.Hooks, Timeout: jobTimeout(req)}, nil
}

// secrets are the values of headers that were read from files.
type secrets map[string]string

func readSecrets(from map[string]lockstep.HeaderSource) (secrets, error) {
	out := secrets{}
	for name, source := range from {
		value, err := readSecret(source.File)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", name, err)
		}
		out[name] = value
	}
	return out, nil
}

func readSecret(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // the matrix names it, as it names commands; a pipe must not block
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no file", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	value := strings.TrimRight(string(text), "\r\n")
	switch {
	case err != nil:
		return "", err
	case len(text) > maxSecret || value == "" || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		return "", fmt.Errorf("%s does not hold one line of at most %d bytes", path, maxSecret)
	}
	return value, nil
}

// shortestSecret is how long a part of a secret has to be to be looked for in
// what is shown: shorter ones stand everywhere.
const shortestSecret = 4

// hide takes the secrets out of a text: an answer may repeat what it was sent.
func (s secrets) hide(text string) string {
	var parts []string
	for _, value := range s {
		parts = append(parts, value)
		parts = append(parts, strings.Fields(value)...) // "Bearer abc" may come back as abc
	}
	slices.SortFunc(parts, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, part := range parts {
		if len(part) >= shortestSecret && !slices.Contains([]string{"bearer", "basic", "token", "digest"}, strings.ToLower(part)) {
			text = strings.ReplaceAll(text, part, "[REDACTED]")
		}
	}
	return text
}

// send makes the request. Nothing in what it returns holds a secret.
func (o jobOrder) send(interrupts <-chan os.Signal) wire.JobResult {
	ctx, cancel := context.WithTimeout(context.Background(), o.Timeout)
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		select {
		case <-ctx.Done():
		case <-interrupts:
			stop(errors.New("it was interrupted"))
		}
	}()
	began := time.Now()
	hidden, err := readSecrets(o.HTTP.HeadersFrom)
	if err != nil {
		return wire.JobResult{ExitCode: 1, Fault: "could not be sent: " + err.Error(), Final: true}
	}
	res := o.exchange(ctx, hidden)
	res.Fault, res.Output = hidden.hide(res.Fault), hidden.hide(res.Output)
	for name, value := range res.Results {
		res.Results[name] = hidden.hide(value)
	}
	res.Duration, res.TimedOut = lockstep.Duration(time.Since(began)), errors.Is(context.Cause(ctx), context.DeadlineExceeded)
	return res
}

func (o jobOrder) exchange(ctx context.Context, hidden secrets) wire.JobResult {
	req, err := o.request(ctx, hidden)
	if err != nil {
		return wire.JobResult{ExitCode: 1, Fault: "could not be sent: " + err.Error(), Final: true}
	}
	client := o.client(hidden)
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return noAnswer(ctx, req.URL, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	over := len(body) > maxAnswer
	out := wire.JobResult{Output: strings.ToValidUTF8(string(body[:min(len(body), maxAnswer)]), "\uFFFD")}
	if over {
		out.Output += "\n… the rest of the answer was not read\n"
	}
	switch {
	case err != nil:
		out.ExitCode, out.Fault = 1, fmt.Sprintf("was answered %s, and the answer broke off: %s", status(res), reason(err))
	case !o.HTTP.Expects(res.StatusCode):
		out.ExitCode, out.Fault = 1, fmt.Sprintf("was answered %s (expected: %s)", status(res), o.HTTP.ExpectText())
	default:
		out.Answer = status(res)
		if out.Results, err = answeredResults(body); err != nil && !over {
			out.ExitCode, out.Fault = 1, fmt.Sprintf("was answered %s, with results that cannot be used: %s", status(res), err)
		}
	}
	return out
}

// status is an answer's in our words: its own may hold anything.
func status(res *http.Response) string {
	return strings.TrimSpace(strconv.Itoa(res.StatusCode) + " " + http.StatusText(res.StatusCode))
}

func (o jobOrder) request(ctx context.Context, hidden secrets) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, cmp.Or(o.HTTP.Method, http.MethodPost), o.HTTP.URL, bytes.NewReader([]byte(o.HTTP.Body)))
	if err != nil {
		return nil, err
	}
	for _, headers := range []map[string]string{{"User-Agent": "lockstep", "Idempotency-Key": o.HTTP.IdempotencyKey}, o.HTTP.Headers, hidden} {
		for name, value := range headers {
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

// client dials only where it may, and by itself: a proxy of the environment
// would dial for it, anywhere.
func (o jobOrder) client(hidden secrets) *http.Client {
	first, err := url.Parse(o.HTTP.URL)
	// Only the hook itself may mean this machine; who redirects to it may not.
	var local atomic.Bool
	local.Store(err == nil && isLocal(first))
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(network, address string, c syscall.RawConn) error {
		return o.Network.check(local.Load())(network, address, c)
	}}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, DisableKeepAlives: true,
			TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			from, to := via[0], req.URL
			local.Store(local.Load() && isLocal(to))
			switch {
			case len(via) > maxRedirects:
				return fmt.Errorf("was redirected more than %d times", maxRedirects)
			case to.Scheme != "http" && to.Scheme != "https":
				return errors.New("was redirected to what is no HTTP")
			case via[len(via)-1].URL.Scheme == "https" && to.Scheme == "http":
				return errors.New("was redirected from https to http")
			case req.Method != from.Method:
				return fmt.Errorf("was redirected to %s in a way that makes %s of %s: write that URL into the hook", to.Host, req.Method, from.Method)
			case to.Scheme != from.URL.Scheme || to.Host != from.URL.Host: // secrets are for who was named
				for name := range hidden {
					req.Header.Del(name)
				}
			}
			req.Header.Del("Referer")
			return nil
		},
	}
}

// noAnswer says what went wrong without the URL, which may hold what is not
// for everybody, but with the host.
func noAnswer(ctx context.Context, to *url.URL, err error) wire.JobResult {
	var refused *refusedError
	if errors.As(err, &refused) {
		return wire.JobResult{ExitCode: 1, Final: true, Fault: fmt.Sprintf("was not sent to %s: %s", to.Host, refused)}
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		err = cause
	}
	return wire.JobResult{ExitCode: 1, Fault: fmt.Sprintf("got no answer from %s: %s", to.Host, reason(err))}
}

// reason is an error without the URL that net/http puts before it.
func reason(err error) string {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return err.Error()
}
