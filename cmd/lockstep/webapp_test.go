package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// webapp is the app that the scripts deploy. How it behaves stands in app.txt
// in its working directory, which is its artifact: one "key value" a line.
//
//	page TEXT             what it answers, behind its $GREETING
//	log TEXT              what it prints at its start; repeatable
//	health STATUS         what /health answers
//	ready-after DURATION  when /health begins to answer well
//	broken PATH           answers 500
//	refuses HOST          /health answers 500 under this host name
//	slow DURATION         how long /slow takes; /slow?tell=FILE makes FILE when it begins
//	                      /say?line=TEXT prints TEXT
//	                      /self tells all that it was started with
//	crash-after DURATION  when it ends with status 3
func webapp() int {
	port := flag.String("port", os.Getenv("PORT"), "port to listen on")
	flag.Parse()
	says, err := readApp("app.txt")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, l := range says["log"] {
		fmt.Println(l)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	crash := make(<-chan time.Time)
	if d := says.duration("crash-after"); d > 0 {
		crash = time.After(d)
	}
	server := &http.Server{Addr: "127.0.0.1:" + *port, Handler: says.handler(time.Now()), ReadHeaderTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		fmt.Fprintln(os.Stderr, err)
		return 1
	case <-crash:
		fmt.Println("out of luck")
		return 3
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return 1
	}
	return 0
}

// ask HOST PATH is get as a program, which can run beside others.
func ask() int {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+os.Getenv("EDGE")+os.Args[2], nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	req.Host = os.Args[1]
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode)
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

type behaviour map[string][]string

func readApp(file string) (behaviour, error) {
	says := behaviour{}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return says, nil
	}
	for l := range strings.Lines(string(raw)) {
		key, value, _ := strings.Cut(strings.TrimSpace(l), " ")
		says[key] = append(says[key], value)
	}
	return says, err
}

func (b behaviour) first(key string) string {
	if len(b[key]) == 0 {
		return ""
	}
	return b[key][0]
}

func (b behaviour) duration(key string) time.Duration {
	d, _ := time.ParseDuration(b.first(key)) // none is zero
	return d
}

func (b behaviour) handler(started time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		if r.Host == b.first("refuses") {
			w.WriteHeader(http.StatusInternalServerError)
		} else if status, err := strconv.Atoi(b.first("health")); err == nil {
			w.WriteHeader(status)
		} else if time.Since(started) < b.duration("ready-after") {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		if file := r.FormValue("tell"); file != "" {
			os.WriteFile(file, []byte("asked\n"), 0o600) //nolint:errcheck // the script waits for it
		}
		select {
		case <-time.After(b.duration("slow")):
			fmt.Fprintln(w, "that took a while")
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/say", func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.FormValue("line"))
		fmt.Fprintln(w, "said")
	})
	mux.HandleFunc("/self", func(w http.ResponseWriter, _ *http.Request) {
		self, err := tellSelf()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Write(self) //nolint:errcheck // who asked sees it
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == b.first("broken") {
			http.Error(w, "broken", http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, strings.TrimSpace(os.Getenv("GREETING")+" "+b.first("page")))
	})
	return mux
}
