package api_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

// BenchmarkRivals reads 50 values from OpenBao and from etcd over HTTP, where
// OPENBAO and ETCD name their programs, to be laid beside
// BenchmarkResolvedConfig of the same run. OpenBao runs in its development
// mode, which keeps everything in memory; etcd is asked through its JSON
// gateway, which is slower than gRPC.
func BenchmarkRivals(b *testing.B) {
	for name, bench := range map[string]func(*testing.B, string){"openbao": openBao, "etcd": etcd} {
		b.Run(name, func(b *testing.B) {
			variable := strings.ToUpper(name)
			bench(b, suite.Need(b, suite.Requirement{
				Name: name, Install: "name its program in " + variable,
				Find: func() (string, error) {
					bin := os.Getenv(variable)
					if bin == "" {
						return "", errors.New(variable + " is not set")
					}
					return bin, nil
				},
			}))
		})
	}
}

func openBao(b *testing.B, bin string) {
	b.Helper()
	at := freeAddress(b)
	process(b, bin, "server", "-dev", "-dev-no-store-token", "-dev-root-token-id=root", "-dev-listen-address="+at)
	values := map[string]string{}
	for i := range 50 {
		values[fmt.Sprintf("KEY_%02d", i)] = fmt.Sprintf("a value of which staging is a part, %d", i)
	}
	token := head{"X-Vault-Token": "root"}
	until(b, func() *http.Request {
		return rival(b, http.MethodPost, "http://"+at+"/v1/secret/data/app", map[string]any{"data": values}, token)
	})
	ask(b, &http.Client{Transport: &http.Transport{}}, rival(b, http.MethodGet, "http://"+at+"/v1/secret/data/app", nil, token), 200)
}

func etcd(b *testing.B, bin string) {
	b.Helper()
	at, peer := "http://"+freeAddress(b), "http://"+freeAddress(b)
	process(b, bin, "--data-dir", b.TempDir(), "--listen-client-urls", at, "--advertise-client-urls", at,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default="+peer, "--log-level", "error")
	text := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for i := range 50 {
		until(b, func() *http.Request {
			return rival(b, http.MethodPost, at+"/v3/kv/put", map[string]any{
				"key": text(fmt.Sprintf("app/KEY_%02d", i)), "value": text(fmt.Sprintf("a value of which staging is a part, %d", i)),
			})
		})
	}
	client := &http.Client{Transport: &http.Transport{}}
	for b.Loop() {
		resp, err := client.Do(rival(b, http.MethodPost, at+"/v3/kv/range", map[string]any{"key": text("app/"), "range_end": text("app0")}))
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 {
			b.Fatal(resp.Status, err)
		}
	}
}

func rival(b *testing.B, method, url string, body any, headers ...head) *http.Request {
	b.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.Fatal(err)
		}
		content = strings.NewReader(string(raw))
	}
	req, err := http.NewRequestWithContext(b.Context(), method, url, content)
	if err != nil {
		b.Fatal(err)
	}
	for _, h := range headers {
		for k, v := range h {
			req.Header.Set(k, v)
		}
	}
	return req
}

// until repeats a request until it is answered well.
func until(b *testing.B, make func() *http.Request) {
	b.Helper()
	last := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		resp, err := http.DefaultClient.Do(make())
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode/100 == 2 {
				return
			}
			err = fmt.Errorf("it answers %s", resp.Status)
		}
		if time.Now().After(last) {
			b.Fatal(err)
		}
		<-tick.C
	}
}

// process runs a program until the benchmark ends.
func process(b *testing.B, bin string, args ...string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), bin, args...)
	cmd.Env = append(os.Environ(), "HOME="+b.TempDir())
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()
	})
}

func freeAddress(b *testing.B) string {
	b.Helper()
	ln, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
