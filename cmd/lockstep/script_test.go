package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lockstep-dev/lockstep/internal/cli"
)

// TestScripts plays terminal sessions with the real program. Beside
// testscript's own commands there are those of scriptCommands.
func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

func runScripts(t *testing.T, dir string) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir: dir, Setup: setUp, Cmds: scriptCommands(), UpdateScripts: *update,
		RequireExplicitExec: true, RequireUniqueNames: true, Condition: condition,
	})
}

// condition is what a line may depend on beside testscript's own.
func condition(name string) (bool, error) {
	if name != "systemd" {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	_, err := os.Stat("/run/systemd/system")
	return err == nil, nil
}

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

func scriptCommands() map[string]scriptCommand {
	commands := map[string]scriptCommand{
		"serve":    plain(func(ts *testscript.TestScript, args []string) error { return worldOf(ts).start(ts, args) }),
		"halt":     plain(func(ts *testscript.TestScript, _ []string) error { return worldOf(ts).stop(syscall.SIGTERM) }),
		"crash":    plain(func(ts *testscript.TestScript, _ []string) error { return worldOf(ts).stop(syscall.SIGKILL) }),
		"exits":    plain(exits),
		"waitfor":  plain(waitFor),
		"get":      get,
		"clients":  plain(clients),
		"stay":     plain(stay),
		"meet":     plain(meet),
		"api":      plain(callAPI),
		"truncate": plain(truncate),
		"sql":      plain(runSQL),
		"hold":     plain(hold),
		"letgo":    plain(letGo),
		"archive":  plain(archive),
		"upload":   plain(upload),
		"occupy":   plain(occupy),
		"vacate":   plain(vacate),
	}
	maps.Copy(commands, diskCommands())
	maps.Copy(commands, authorityCommands())
	return commands
}

func plain(do func(ts *testscript.TestScript, args []string) error) scriptCommand {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("there is no ! for this command")
		}
		ts.Check(do(ts, args))
	}
}

// exits CODE COMMAND ARG… runs a command that has to end with that code.
func exits(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: exits CODE COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("it exits with %d, want %d", got, want)
	}
	return nil
}

// waitfor PATTERN COMMAND ARG… runs a command until its output matches.
func waitFor(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: waitfor PATTERN COMMAND [ARG...]")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return poll(ctx, func() error {
		err := ts.Exec(args[1], args[2:]...)
		if out := ts.ReadFile("stdout"); !pattern.MatchString(out) {
			return fmt.Errorf("%q is not in what it prints (%w):\n%s%s", args[0], err, out, ts.ReadFile("stderr"))
		}
		return nil
	})
}

// get HOST PATH asks the edge; what it prints is the status and the body.
// With ! the status has to be another than 2xx.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: get HOST PATH")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+worldOf(ts).edge+args[1], nil)
	ts.Check(err)
	req.Host = args[0]
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d\n%s", resp.StatusCode, body)
	if good := resp.StatusCode/100 == 2; good == neg {
		ts.Fatalf("GET %s of %s answers %d:\n%s", args[1], args[0], resp.StatusCode, lastLines(string(body), 20))
	}
}

// api METHOD PATH [-H HEADER] [-d FILE] calls the server as a program that is
// not ours would, with the administrator's token unless a header says
// otherwise; what it prints is the status and the body.
func callAPI(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: api METHOD PATH [-H HEADER] [-d FILE]")
	}
	w := worldOf(ts)
	token, err := os.ReadFile(filepath.Join(w.dir, cli.TokenFile))
	if err != nil {
		return err
	}
	header := http.Header{"Authorization": {"Bearer " + strings.TrimSpace(string(token))}}
	var body io.Reader
	host := ""
	for i := 2; i+1 < len(args); i += 2 {
		switch name, value, _ := strings.Cut(args[i+1], ": "); {
		case args[i] == "-d":
			body = strings.NewReader(ts.ReadFile(args[i+1]))
		case name == "Host":
			host = value
		case value == "":
			header.Del(name)
		default:
			header.Set(name, value)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, args[0], "http://"+w.api+args[1], body)
	if err != nil {
		return err
	}
	req.Header, req.Host = header, host
	return answer(ts, req)
}

// answer prints what a request is answered.
func answer(ts *testscript.TestScript, req *http.Request) error {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Fprintf(ts.Stdout(), "%d\n%s", resp.StatusCode, body)
	return err
}

// occupy ADDRESS is a stranger that listens there.
func occupy(ts *testscript.TestScript, args []string) error {
	ln, err := net.Listen("tcp", args[0])
	if err == nil {
		worldOf(ts).listeners[args[0]] = ln
	}
	return err
}

// vacate ADDRESS ends that.
func vacate(ts *testscript.TestScript, args []string) error {
	ln := worldOf(ts).listeners[args[0]]
	if ln == nil {
		return fmt.Errorf("nobody occupies %s", args[0])
	}
	delete(worldOf(ts).listeners, args[0])
	return ln.Close()
}
