package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// visit sends one GET to the edge with "Name: value" headers.
func visit(ts *testscript.TestScript, host string, headers ...string) (body, cookie string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+worldOf(ts).edge+"/", nil)
	if err != nil {
		return "", "", err
	}
	req.Host = host
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %d", host, resp.StatusCode)
	}
	for _, c := range resp.Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return strings.TrimSpace(string(text)), cookie, err
}

// meet HOST BODY [HEADER...] asks until the answer is this one.
func meet(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: meet HOST BODY [HEADER...]")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return poll(ctx, func() error {
		body, _, err := visit(ts, args[0], args[2:]...)
		if err == nil && body != args[1] {
			err = fmt.Errorf("%s answers %q, want %q", args[0], body, args[1])
		}
		return err
	})
}

// clients HOST FILE ONE TWO are new clients until one has met each of two
// answers; the file says what each is known by and what it met.
func clients(ts *testscript.TestScript, args []string) error {
	if len(args) != 4 {
		return errors.New("usage: clients HOST FILE ONE TWO")
	}
	met := map[string]string{}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := poll(ctx, func() error {
		body, cookie, err := visit(ts, args[0])
		if err == nil && cookie != "" {
			met[body] = cookie
		}
		if err == nil && (met[args[2]] == "" || met[args[3]] == "") {
			err = fmt.Errorf("the clients met %q", met)
		}
		return err
	})
	if err != nil {
		return err
	}
	var lines []string
	for body, cookie := range met {
		lines = append(lines, cookie+"\t"+body)
	}
	return os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(lines, "\n")), 0o600)
}

// stay HOST FILE [BODY] has each client of the file meet what it met before,
// again and again; with BODY all of them meet that.
func stay(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: stay HOST FILE [BODY]")
	}
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		cookie, want, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if len(args) > 2 {
			want = args[2]
		}
		for range 10 {
			body, again, err := visit(ts, args[0], "Cookie: "+cookie)
			if err != nil || body != want || again != "" {
				return fmt.Errorf("a client of %q met %q and got the cookie %q: %w", want, body, again, err)
			}
		}
	}
	return nil
}
