package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

const eventEvery = 250 * time.Millisecond

type echoed struct {
	Echo    string `json:"echo"`
	Version string `json:"version"`
}

type event struct {
	Version string    `json:"version"`
	At      time.Time `json:"at"`
}

// echo answers each WebSocket message with the message and this version. Told
// to stop, it closes with 1001 (going away), which browsers answer by opening
// a new socket.
func (s *server) echo(w http.ResponseWriter, r *http.Request) {
	s.sockets.Add(1)
	defer s.sockets.Done()
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }()

	ended := make(chan struct{})
	defer close(ended)
	s.sockets.Go(func() {
		select {
		case <-s.stopping:
			_ = conn.Close(websocket.StatusGoingAway, "this instance is stopping")
		case <-ended:
		}
	})
	for {
		_, message, err := conn.Read(r.Context())
		if err != nil {
			return // closed by either side; there is nothing to repair
		}
		answer, err := json.Marshal(echoed{Echo: string(message), Version: s.id.Version})
		if err != nil {
			return
		}
		if err := conn.Write(r.Context(), websocket.MessageText, answer); err != nil {
			return
		}
	}
}

// events streams an event every 250 ms. With ?count= it ends by itself after
// that many; without, when the client leaves or the process is told to stop.
// A browser that reconnects goes on after the Last-Event-ID that it sends.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	count, err := wholeNumber(r.FormValue("count"))
	if err != nil {
		service.Answer(w, http.StatusBadRequest, service.Problem{Field: "count", Error: "count must be a whole number, 0 (no end) or more"})
		return
	}
	// A Last-Event-ID that is no number is another server's: begin anew.
	last, _ := wholeNumber(r.Header.Get("Last-Event-ID"))

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	stream := http.NewResponseController(w)
	if err := stream.Flush(); err != nil {
		return
	}
	ticker := time.NewTicker(eventEvery)
	defer ticker.Stop()
	for sent := 0; count == 0 || sent < count; sent++ {
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		case <-s.stopping:
			return // returning ends the chunked body as it should end
		}
		data, err := json.Marshal(event{Version: s.id.Version, At: time.Now().UTC()})
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", last+sent+1, data); err != nil || stream.Flush() != nil {
			return
		}
	}
}

func wholeNumber(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err
}
