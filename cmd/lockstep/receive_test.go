package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// receive MATRIX LOG is who gets the requests of hooks, until it is told to
// end. It puts its address where the matrix says RECEIVER, and writes each
// request into a line of the log.
//
//	/deployed  answers with results
//	/busy      503 to the first request, 200 to others
//	/astray    leads to where a cloud keeps its machines' secrets
//	/never     when the request is given up
func receive() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = fillIn(os.Args[1], "RECEIVER", "http://"+l.Addr().String())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	var mu sync.Mutex
	busy := 0
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what there is of it
		mu.Lock()
		busy++
		first := busy == 1 || r.URL.Path != "/busy"
		if f, err := os.OpenFile(os.Args[2], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			fmt.Fprintf(f, "%s %s key=%s auth=%s body=%s\n", r.Method, r.URL, r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"), body)
			f.Close() //nolint:errcheck // the script sees what is missing
		}
		if r.URL.Path != "/busy" {
			busy--
		}
		mu.Unlock()
		switch r.URL.Path {
		case "/deployed":
			fmt.Fprintf(w, `{"results": {"TICKET": "OPS-7", "COUNT": 3}, "you": %q}`, r.Header.Get("Authorization"))
		case "/busy":
			if first {
				http.Error(w, "one moment", http.StatusServiceUnavailable)
			}
		case "/astray":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusTemporaryRedirect)
		case "/never":
			<-r.Context().Done()
		}
	}
	server := &http.Server{Handler: http.HandlerFunc(handler), ReadHeaderTimeout: time.Minute}
	fmt.Fprintln(os.Stderr, server.Serve(l)) // until it is interrupted
}

func fillIn(file, placeholder, value string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(text), placeholder, value)), 0o600)
}
