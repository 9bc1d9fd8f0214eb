package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

const (
	largestOrder = 4 << 10 // bytes of a request body
	longestItem  = 80      // characters
	mostPieces   = 100
	keptOrders   = 200 // under load the list must not grow for ever
	listedOrders = 20
)

type order struct {
	ID       int       `json:"id"`
	Item     string    `json:"item"`
	Quantity int       `json:"quantity"`
	Placed   time.Time `json:"placed"`
	Version  string    `json:"version"` // the release that took the order
}

// orders keeps the newest in memory; each instance has its own.
type orders struct {
	mu    sync.Mutex
	total int
	kept  []order
}

func (o *orders) add(taken order) order {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.total++
	taken.ID = o.total
	if len(o.kept) == keptOrders {
		o.kept = append(o.kept[:0], o.kept[1:]...)
	}
	o.kept = append(o.kept, taken)
	return taken
}

// newest returns up to n orders, the newest first, and how many were ever taken.
func (o *orders) newest(n int) ([]order, int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	listed := slices.Clone(o.kept[max(0, len(o.kept)-n):])
	slices.Reverse(listed)
	return listed, o.total
}

func (s *server) listOrders(w http.ResponseWriter, _ *http.Request) {
	listed, total := s.orders.newest(listedOrders)
	if listed == nil {
		listed = []order{}
	}
	service.Answer(w, http.StatusOK, map[string]any{"orders": listed, "total": total, "version": s.id.Version})
}

func (s *server) createOrder(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		service.Answer(w, http.StatusUnsupportedMediaType, service.Problem{Error: "send the order as application/json"})
		return
	}
	wanted, err := decodeOrder(http.MaxBytesReader(w, r.Body, largestOrder))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		service.Answer(w, http.StatusRequestEntityTooLarge, service.Problem{Error: fmt.Sprintf("an order has at most %d bytes", largestOrder)})
		return
	}
	if err != nil {
		service.Answer(w, http.StatusBadRequest, service.Problem{Error: err.Error()})
		return
	}
	if problem := wanted.check(); problem != nil {
		service.Answer(w, http.StatusBadRequest, problem)
		return
	}
	wanted.Placed = time.Now().UTC()
	wanted.Version = s.id.Version
	service.Answer(w, http.StatusCreated, s.orders.add(wanted))
}

// decodeOrder reads the fields that a client may set, and nothing after them.
func decodeOrder(body io.Reader) (order, error) {
	var sent struct {
		Item     string `json:"item"`
		Quantity int    `json:"quantity"`
	}
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&sent); err != nil {
		return order{}, fmt.Errorf("the order is not the JSON expected, such as {\"item\":\"croissant\",\"quantity\":2}: %w", err)
	}
	if _, err := decoder.Token(); err == nil {
		return order{}, errors.New("one order a request: there is more after the first JSON object")
	} else if !errors.Is(err, io.EOF) {
		return order{}, fmt.Errorf("one order a request: %w", err)
	}
	return order{Item: strings.TrimSpace(sent.Item), Quantity: sent.Quantity}, nil
}

func (o order) check() *service.Problem {
	switch {
	case o.Item == "":
		return &service.Problem{Field: "item", Error: "item is missing: say what is ordered"}
	case utf8.RuneCountInString(o.Item) > longestItem:
		return &service.Problem{Field: "item", Error: fmt.Sprintf("item is longer than %d characters", longestItem)}
	case o.Quantity < 1 || o.Quantity > mostPieces:
		return &service.Problem{Field: "quantity", Error: fmt.Sprintf("quantity must be between 1 and %d", mostPieces)}
	}
	return nil
}
