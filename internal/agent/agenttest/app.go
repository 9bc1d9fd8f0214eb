package agenttest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Behaviour is what a service does. Those that serve answer on PORT:
//
//	GET /wait      when the next GET /release arrives
//	GET /status/N  with status N
//	GET /sick      and from then on /health with 500, until GET /well
//	GET /die/N     by exiting with status N
//	GET /env       with its environment, as JSON
//	GET /pid       with its process ID
//	GET /client    with what it was told of the client
//	GET /hog       when it holds a GiB of memory, if it gets there
//	GET /spin      when it has used 100 ms of processor time
//	any other      with 200 and the service's name
//
// and to the requests of package load.
type Behaviour string

// The behaviours.
const (
	Serves   Behaviour = "serves"
	Exits    Behaviour = "exits"    // with status 3, at once
	Hangs    Behaviour = "hangs"    // and does not listen
	Stubborn Behaviour = "stubborn" // serves, and ignores SIGTERM
	Forks    Behaviour = "forks"    // serves, and has a child in its group and one in a session of its own; both ignore SIGTERM
	Floods   Behaviour = "floods"   // serves, and writes without end
	Waits    Behaviour = "waits"    // for nothing, ignoring SIGTERM: what Forks starts
	Slow     Behaviour = "slow"     // serves, after a second
	Astray   Behaviour = "astray"   // serves on 127.0.0.2 instead
	Hides    Behaviour = "hides"    // serves, and has a child that left its group and forgot whose it is; it says its PID
)

func runApp(b Behaviour) int {
	terminated := make(chan os.Signal, 1)
	if b == Stubborn || b == Waits {
		signal.Ignore(syscall.SIGTERM)
	} else {
		signal.Notify(terminated, syscall.SIGTERM)
	}
	fmt.Println("hello from", os.Getenv("LOCKSTEP_INSTANCE"), "on", os.Getenv("PORT"))
	switch b {
	case Exits:
		return 3
	case Hangs:
		<-terminated
		return 0
	case Waits:
		<-time.After(time.Hour) // for ever would be a deadlock, which Go's runtime ends at once where there is no cgo
		return 0
	case Hides:
		cmd := exec.Command(executable(), asApp, string(Waits)) //nolint:noctx // it is to be left behind
		cmd.Env, cmd.SysProcAttr = []string{envDir + "=" + os.Getenv(envDir)}, &syscall.SysProcAttr{Setsid: true}
		if err := cmd.Start(); err != nil {
			fmt.Println(err)
			return 4
		}
		fmt.Println("hidden:", cmd.Process.Pid)
	case Forks:
		if err := errors.Join(fork(false), fork(true)); err != nil {
			fmt.Println(err)
			return 4
		}
	case Floods:
		go flood()
	case Slow:
		<-time.After(time.Second)
	case Serves, Stubborn, Astray:
	}
	host := "127.0.0.1"
	if b == Astray {
		host = "127.0.0.2"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, os.Getenv("PORT")))
	if err != nil {
		fmt.Println(err)
		return 4
	}
	server := &http.Server{Handler: handler(), ReadHeaderTimeout: time.Minute}
	go server.Serve(l) //nolint:errcheck // it ends with the process
	<-terminated
	fmt.Println("goodbye")
	return 0
}

func fork(session bool) error {
	cmd := exec.Command(executable(), asApp, string(Waits)) //nolint:noctx // it is to be left behind
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: session}
	return cmd.Start()
}

func flood() {
	line := []byte(strings.Repeat("all work and no play ", 50) + "\n")
	for {
		if _, err := os.Stdout.Write(line); err != nil {
			return
		}
	}
}

func handler() http.Handler {
	var mu sync.Mutex
	release, sick := make(chan struct{}), false
	name := os.Getenv("LOCKSTEP_SERVICE")
	say := func(w http.ResponseWriter, status int, body string) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // whoever asked may be gone
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, name) })
	mux.HandleFunc("/wait", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		released := release
		mu.Unlock()
		<-released
		say(w, http.StatusOK, name)
	})
	mux.HandleFunc("/release", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		close(release)
		release = make(chan struct{})
		mu.Unlock()
		say(w, http.StatusOK, name)
	})
	mux.HandleFunc("/status/{n}", func(w http.ResponseWriter, r *http.Request) { say(w, number(r), name) })
	mux.HandleFunc("/die/{n}", func(_ http.ResponseWriter, r *http.Request) { syscall.Exit(number(r)) })
	mux.HandleFunc("/pid", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, strconv.Itoa(os.Getpid())) })
	mux.HandleFunc("/hog", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, strconv.Itoa(len(hog()))) })
	mux.HandleFunc("/spin", func(w http.ResponseWriter, _ *http.Request) {
		for spent := processorTime(); processorTime()-spent < 100*time.Millisecond; {
		}
		say(w, http.StatusOK, name)
	})
	mux.HandleFunc("/client", func(w http.ResponseWriter, r *http.Request) {
		var said []string
		for name, values := range r.Header {
			if rest, ok := strings.CutPrefix(name, "X-Forwarded-"); ok {
				said = append(said, rest+"="+strings.Join(values, "|"))
			}
		}
		slices.Sort(said)
		say(w, http.StatusOK, strings.Join(said, " "))
	})
	mux.HandleFunc("/env", func(w http.ResponseWriter, _ *http.Request) {
		dir, _ := os.Getwd()
		_ = json.NewEncoder(w).Encode(append(os.Environ(), "cwd="+dir, "uid="+strconv.Itoa(os.Getuid()), "args="+strings.Join(os.Args, " ")))
	})
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if sick {
			say(w, http.StatusInternalServerError, "sick")
		}
	})
	set := func(v bool) http.HandlerFunc {
		return func(http.ResponseWriter, *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			sick = v
		}
	}
	for _, path := range []string{"version", "orders", "slow", "ws", "events"} {
		mux.HandleFunc("/api/"+path, load(name))
	}
	mux.HandleFunc("/sick", set(true))
	mux.HandleFunc("/well", set(false))
	return mux
}

// hog is a GiB of memory that is really there.
func hog() [][]byte {
	var held [][]byte
	for range 256 {
		chunk := make([]byte, 4<<20)
		for n := 0; n < len(chunk); n += 4096 {
			chunk[n] = 1
		}
		held = append(held, chunk)
	}
	return held
}

func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func number(r *http.Request) int {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return http.StatusBadRequest
	}
	return n
}

// runJob is a job: what runtimetest asks for, and "forks", which leaves a
// child behind that holds its output.
func runJob(behaviour string) int {
	switch behaviour {
	case "succeeds":
		fmt.Println("done", time.Now().UnixNano())
	case "fails":
		fmt.Println("broken")
		return 3
	case "sleeps":
		<-time.After(time.Minute)
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		<-time.After(time.Minute)
	case "floods":
		line := strings.Repeat("all work and no play ", 50)
		for range 4 << 10 {
			fmt.Println(line)
		}
		fmt.Println("the end")
	case "gigabyte":
		fmt.Println("the beginning")
		chunk := []byte(strings.Repeat(strings.Repeat("x", 1023)+"\n", 64))
		for range 16 << 10 {
			if _, err := os.Stdout.Write(chunk); err != nil {
				return 4
			}
		}
		fmt.Println("the end")
	case "talks": // and goes on when it may
		fmt.Print("one\ntwo, and no end")
		for {
			if _, err := os.Stat(os.Getenv("GO")); err == nil {
				break
			}
			<-time.After(5 * time.Millisecond)
		}
		fmt.Println(" yet\nthree")
	case "results":
		if err := os.WriteFile(os.Getenv("LOCKSTEP_RESULTS"), []byte(os.Getenv("LINES")), 0o600); err != nil {
			fmt.Println(err)
			return 4
		}
		return len(os.Getenv("STATUS"))
	case "clings": // does not end, and has children that do not
		signal.Ignore(syscall.SIGTERM)
		if err := errors.Join(fork(false), fork(true)); err != nil {
			fmt.Println(err)
			return 4
		}
		fmt.Println("has children")
		<-time.After(time.Minute)
	case "forks":
		cmd := exec.Command(executable(), asApp, string(Waits)) //nolint:noctx // it is to be left behind
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Start(); err != nil {
			fmt.Println(err)
			return 4
		}
		fmt.Println("left", cmd.Process.Pid)
	case "where":
		text, err := os.ReadFile("/proc/self/cgroup")
		fmt.Println(string(text), err)
	case "counts": // its runs, in a file beside what it was told
		f, err := os.OpenFile(os.Getenv("COUNT"), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			fmt.Println(err)
			return 4
		}
		fmt.Fprintln(f, os.Getpid())
		_ = f.Close()
		<-time.After(time.Second)
		fmt.Println("counted")
	}
	return 0
}
