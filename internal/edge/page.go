package edge

import (
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// page is an answer of the edge's own. It names the environment and nothing
// else of ours.
type page struct {
	status      int
	title       string
	detail      string
	environment string
	retryAfter  int // seconds; 0 for none
}

// The pages.
var (
	badRequest   = page{status: 400, title: "Bad request", detail: "The request is malformed."}
	unknownHost  = page{status: 404, title: "Not found", detail: "No environment answers under this address."}
	notAllowed   = page{status: 405, title: "Method not allowed", detail: "This method is not passed on."}
	misdirected  = page{status: 421, title: "Misdirected request", detail: "This is not a proxy for other hosts."}
	notThere     = page{status: 404, title: "Not found", detail: "Nothing is served under this path."}
	disabled     = page{status: 503, title: "Switched off", detail: "What is served under this path is switched off at the moment."} // nobody knows until when
	notServed    = page{status: 503, title: "Not in service", detail: "No release is being served at the moment.", retryAfter: 10}
	maintenance  = page{status: 503, title: "Back in a moment", detail: "A new release is being put in place. Please try again shortly.", retryAfter: 5}
	notReady     = page{status: 503, title: "Not ready", detail: "No instance is ready to answer. Please try again shortly.", retryAfter: 1}
	unreachable  = page{status: 502, title: "Not reachable", detail: "The application could not be reached. Please try again shortly.", retryAfter: 1}
	brokenAnswer = page{status: 502, title: "No answer", detail: "The application closed the connection without an answer."}
)

// closedPage is what users of an environment in maintenance see.
func closedPage(m *lockstep.Maintenance, now time.Time) page {
	p := page{status: 503, title: "Down for maintenance", detail: "It will be back. Please try again later.", retryAfter: 60}
	if m == nil { // it has just ended
		p.retryAfter = 1
		return p
	}
	if m.Message != "" {
		p.detail = m.Message
	}
	if m.Until != nil && m.Until.After(now) {
		p.retryAfter = int((m.Until.Sub(now) + time.Second - 1) / time.Second)
	}
	return p
}

// of names the environment on the page.
func (p page) of(env *environment) page {
	p.environment = env.now.Load().name
	return p
}

func (p page) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	var body strings.Builder
	switch preferred(r.Header.Values("Accept")) {
	case "text/html":
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		p.html(&body)
	case "application/json":
		h.Set("Content-Type", "application/problem+json")
		p.json(&body)
	default:
		h.Set("Content-Type", "text/plain; charset=utf-8")
		body.WriteString(p.title + ": " + p.text() + "\n")
	}
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, body.String()) // a client that is gone needs no page
	}
}

func (p page) text() string {
	if p.environment == "" {
		return p.detail
	}
	return p.environment + ": " + p.detail
}

// json is a problem of RFC 9457.
func (p page) json(w io.Writer) {
	_ = json.NewEncoder(w).Encode(struct {
		Status      int    `json:"status"`
		Title       string `json:"title"`
		Detail      string `json:"detail"`
		Environment string `json:"environment,omitempty"`
	}{p.status, p.title, p.detail, p.environment})
}

func (p page) html(w io.Writer) {
	_ = pageTemplate.Execute(w, struct{ Title, Detail, Environment string }{p.title, p.detail, p.environment})
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1.5rem }
  h1 { font-size: 1.5rem; margin: 0 0 .5rem }
  small { opacity: .7 }
</style>
<h1>{{.Title}}</h1>
<p>{{.Detail}}</p>
{{with .Environment}}<small>{{.}}</small>{{end}}
</html>
`))

// preferred is what of our three forms the Accept headers like best:
// "text/html", "application/json", or "" for plain text.
func preferred(accept []string) string {
	best, bestQ := "", 0.0
	for _, header := range accept {
		for item := range strings.SplitSeq(header, ",") {
			kind, params, _ := strings.Cut(item, ";")
			form, ok := formOf(strings.ToLower(strings.TrimSpace(kind)))
			if q := quality(params); ok && q > bestQ {
				best, bestQ = form, q
			}
		}
	}
	return best
}

func formOf(kind string) (form string, ok bool) {
	switch {
	case kind == "text/html", kind == "application/xhtml+xml":
		return "text/html", true
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return "application/json", true
	case kind == "text/plain", kind == "text/*", kind == "*/*":
		return "", true
	}
	return "", false
}

func quality(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}
