package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

// check calls the backend from the server's side through BACKEND_URL, which
// leads to the backend of the caller's own revision.
type check struct {
	id         service.Identity
	backendURL string
	client     *http.Client
}

type checked struct {
	Frontend    service.Identity  `json:"frontend"`
	Backend     *service.Identity `json:"backend,omitempty"`
	SameVersion bool              `json:"sameVersion"`
	Error       string            `json:"error,omitempty"`
}

func newCheck(id service.Identity, backendURL string) *check {
	return &check{id: id, backendURL: backendURL, client: &http.Client{Timeout: 2 * time.Second}}
}

func (c *check) answer(w http.ResponseWriter, r *http.Request) {
	backend, err := c.ask(r.Context())
	if err != nil {
		service.Answer(w, http.StatusBadGateway, checked{Frontend: c.id, Error: err.Error()})
		return
	}
	service.Answer(w, http.StatusOK, checked{
		Frontend:    c.id,
		Backend:     &backend,
		SameVersion: backend.Version == c.id.Version,
	})
}

func (c *check) ask(ctx context.Context) (service.Identity, error) {
	var backend service.Identity
	if c.backendURL == "" {
		return backend, errors.New("BACKEND_URL is not set: this frontend knows no backend")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.backendURL, "/")+"/version", nil)
	if err != nil {
		return backend, errors.New("BACKEND_URL is not a URL such as http://127.0.0.1:3000")
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return backend, fmt.Errorf("the backend did not answer: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return backend, fmt.Errorf("the backend answered %s", resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&backend); err != nil {
		return backend, fmt.Errorf("the backend's answer is not the JSON expected: %w", err)
	}
	return backend, nil
}
