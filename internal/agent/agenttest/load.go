package agenttest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"
)

// load answers what package load sends.
func load(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Sunday-Release", name)
		switch r.URL.Path {
		case "/api/ws":
			echo(w, r, name)
			return
		case "/api/events":
			stream(w, r)
			return
		case "/api/slow":
			ms, _ := strconv.Atoi(r.FormValue("ms")) // none is at once
			select {
			case <-time.After(time.Duration(ms) * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, "%s %d", name, n)
	}
}

func echo(w http.ResponseWriter, r *http.Request, name string) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // closed by the other side
	for {
		kind, message, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		if conn.Write(r.Context(), kind, fmt.Appendf(nil, `{"echo":%q,"version":%q}`, message, name)) != nil {
			return
		}
	}
}

func stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	count, _ := strconv.Atoi(r.FormValue("count")) // none is none
	for i := range count {
		fmt.Fprintf(w, "id: %d\ndata: {}\n\n", i+1)
		_ = http.NewResponseController(w).Flush() // the reader may be gone
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.Context().Done():
			return
		}
	}
}
