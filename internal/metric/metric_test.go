package metric_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/metric"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// scene is a Server over a real store, with an agent that the test plays.
type scene struct {
	*testing.T
	store *store.Store
	url   string
	agent func(context.Context) ([]byte, error)
	now   time.Time
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	figures := metric.New("1.2.3")
	var err error
	s.store, err = store.Open(t.Context(), store.Options{DataDir: t.TempDir(), Transacted: figures.Transacted})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close() })
	ctl := control.New(control.Options{Store: control.Adapt(s.store), Now: func() time.Time { return s.now }})
	server := httptest.NewServer(figures.Handler(metric.Sources{
		Census: ctl.Census, Streams: func() int { return 3 }, Now: func() time.Time { return s.now },
		Agent: func(ctx context.Context) ([]byte, error) { return s.agent(ctx) },
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	s.agent = func(context.Context) ([]byte, error) { return nil, errors.New("no agent") }
	if _, err := ctl.ApplyMatrix(t.Context(), control.By{Actor: "ana"}, control.ApplyRequest{Source: []byte(matrix), IfMatch: "*"}); err != nil {
		t.Fatal(err)
	}
	if _, err := ctl.CreateRelease(t.Context(), control.By{Actor: "ana"}, "", control.ReleaseRequest{Version: "1.0.0"}); err != nil {
		t.Fatal(err)
	}
	if _, err := ctl.Deploy(t.Context(), control.By{Actor: "ana"}, "", "staging", lockstep.DeploymentRequest{Version: "1.0.0"}); err != nil {
		t.Fatal(err)
	}
	return s
}

const matrix = `
project: sunday
services: {web: {command: [./web]}}
environments: {staging: {}, production: {}}
`

// scrape asks as Prometheus does, which would rather not have text.
func (s *scene) scrape() string {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.url, http.NoBody)
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,text/plain;q=0.5")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(got, "text/plain; version=0.0.4") {
		s.Errorf("answered %d, %s", resp.StatusCode, got)
	}
	return string(text)
}

func (s *scene) has(text string, lines ...string) {
	s.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			s.Errorf("%s is not in\n%s", line, text)
		}
	}
}

func TestWhatWaitsIsCountedWithItsAge(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.now = s.now.Add(90 * time.Second)
	s.has(s.scrape(),
		`lockstep_environments{status="inactive"} 2`, `lockstep_environments{status="failed"} 0`,
		`lockstep_operations{kind="deploy",status="pending"} 1`, `lockstep_operations{kind="destroy",status="running"} 0`,
		`lockstep_operations_oldest_seconds{status="pending"} 90`, `lockstep_operations_oldest_seconds{status="running"} 0`,
		`lockstep_event_streams 3`, `lockstep_database_up 1`, `lockstep_agent_up 0`)
}

func TestWithoutADatabaseTheRestIsAnswered(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	text := s.scrape()
	s.has(text, `lockstep_database_up 0`, `lockstep_build_info{goversion="`+goVersion(t, text)+`",version="1.2.3"} 1`)
	if strings.Contains(text, "lockstep_operations{") || strings.Contains(text, "lockstep_environments{") {
		t.Errorf("what cannot be known is told:\n%s", text)
	}
}

func TestTheAgentsFiguresFollowAndNoNameComesTwice(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	const theirs = "# TYPE lockstep_agent_instances gauge\nlockstep_agent_instances{state=\"ready\"} 2\n"
	s.agent = func(context.Context) ([]byte, error) { return []byte(theirs), nil }
	text := s.scrape()
	if !strings.HasSuffix(text, "\n"+theirs) {
		t.Errorf("got\n%s", text)
	}
	s.has(text, `lockstep_agent_up 1`)
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "# TYPE ") {
			continue
		}
		name := strings.Fields(line)[2]
		if seen[name] {
			t.Errorf("%s comes twice", name)
		}
		seen[name] = true
	}
}

func TestASlowAgentHoldsNoScrapeUp(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.agent = func(ctx context.Context) ([]byte, error) { // as one that is stuck
		<-ctx.Done()
		return nil, ctx.Err()
	}
	s.has(s.scrape(), `lockstep_agent_up 0`, `lockstep_database_up 1`)
}

func goVersion(t *testing.T, text string) string {
	t.Helper()
	_, rest, _ := strings.Cut(text, `lockstep_build_info{goversion="`)
	version, _, ok := strings.Cut(rest, `"`)
	if !ok {
		t.Fatalf("no version in\n%s", text)
	}
	return version
}
