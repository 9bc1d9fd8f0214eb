package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lockstep-dev/lockstep/internal/edge/acmetest"
)

func authorityCommands() map[string]scriptCommand {
	return map[string]scriptCommand{"authority": plain(authority), "getsecure": getSecure}
}

// authorities are the scripts' certificate authorities, by their world.
var authorities sync.Map

// scripted is a script as acmetest sees it.
type scripted struct {
	*testscript.TestScript
	dir string
}

func (scripted) Helper()              {}
func (s scripted) Fatal(args ...any)  { s.Fatalf("%s", fmt.Sprint(args...)) }
func (s scripted) Cleanup(end func()) { s.Defer(end) }
func (s scripted) TempDir() string    { return s.dir }

// authority up | down lets a certificate authority of the script's own answer
// or not. The first time it is made: $HTTPS is the address to be served at for
// it, $AUTHORITY the URL of its directory, $ROOTS who vouches for that URL.
func authority(ts *testscript.TestScript, args []string) error {
	if len(args) != 1 || (args[0] != "up" && args[0] != "down") {
		return errors.New("usage: authority up|down")
	}
	w := worldOf(ts)
	s := scripted{ts, ts.Getenv("WORK")}
	found, made := authorities.Load(w)
	switch {
	case !made:
		https := freeAddress()
		ca := acmetest.Start(s, portOf(ts, w.edge), portOf(ts, https), 0)
		_, roots := ca.Trust(s)
		authorities.Store(w, ca)
		ts.Defer(func() { authorities.Delete(w) })
		ts.Setenv("HTTPS", https)
		ts.Setenv("AUTHORITY", ca.Directory)
		ts.Setenv("ROOTS", roots)
		if args[0] == "down" {
			ca.Down()
		}
	case args[0] == "up":
		found.(*acmetest.CA).Up(s)
	default:
		found.(*acmetest.CA).Down()
	}
	return nil
}

func portOf(ts *testscript.TestScript, addr string) int {
	a, err := net.ResolveTCPAddr("tcp", addr)
	ts.Check(err)
	return a.Port
}

// getsecure DOMAIN PATH asks the edge over HTTPS, trusting the authority; what
// it prints is the protocol, the status and the body. With ! no answer is to come.
func getSecure(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: getsecure DOMAIN PATH")
	}
	ca, ok := authorities.Load(worldOf(ts))
	if !ok {
		ts.Fatalf("there is no authority")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+args[0]+args[1], nil)
	ts.Check(err)
	client := ca.(*acmetest.CA).Client(scripted{ts, os.TempDir()}, ts.Getenv("HTTPS"))
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil && neg {
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s %d\n%s", resp.Proto, resp.StatusCode, body)
	if neg {
		ts.Fatalf("GET %s of %s is answered", args[1], args[0])
	}
}
