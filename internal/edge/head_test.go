package edge

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// What writeHead takes on reads as what net/http would have written; the rest
// it leaves alone.
func TestAPlainHeadIsThatOfNetHTTP(t *testing.T) {
	t.Parallel()
	request := func(text string) *http.Request {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n") + "\r\n\r\n")))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if r.ContentLength == 0 {
			r.Body = nil
		}
		return r
	}
	for text, plain := range map[string]bool{
		"GET / HTTP/1.1\nHost: a.localhost:7480":                                            true,
		"GET /a%2Fb?x=1;y=2 HTTP/1.1\nHost: a\nUser-Agent: me\nX-A: 1\nX-A: 2\nAccept: */*": true,
		"HEAD /x HTTP/1.1\nHost: a\nUser-Agent:":                                            true,
		"DELETE /x HTTP/1.1\nHost: a\nContent-Length: 0":                                    true,
		"OPTIONS /x HTTP/1.1\nHost: a\nCookie: a=b; c=d":                                    true,
		"POST /x HTTP/1.1\nHost: a\nContent-Length: 0":                                      false,
		"GET /x HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc":                                false,
		"GET /x HTTP/1.1\nHost: [::1%25eth0]:80":                                            false,
		"GET /x HTTP/1.1\nHost: a\nTransfer-Encoding: chunked":                              false,
	} {
		r := request(text)
		var ours, theirs bytes.Buffer
		bw := bufio.NewWriter(&ours)
		done, err := writeHead(bw, r)
		if err != nil || done != plain {
			t.Errorf("%q: written %v, %v, want %v", text, done, err, plain)
			continue
		}
		if !plain {
			if ours.Len() > 0 || bw.Buffered() > 0 {
				t.Errorf("%q: something was written before it was left to net/http", text)
			}
			continue
		}
		if _, named := r.Header["User-Agent"]; !named {
			r.Header["User-Agent"] = noUserAgent // as forward does
		}
		if err := r.Write(&theirs); err != nil {
			t.Fatal(err)
		}
		if got, want := sortedHead(ours.String()), sortedHead(theirs.String()); got != want {
			t.Errorf("%q: wrote\n%s\nnet/http writes\n%s", text, got, want)
		}
	}
	var out bytes.Buffer
	r := request("GET / HTTP/1.1\nHost: a")
	r.URL.RawQuery = "a=\r\nX-Evil: 1"
	if done, _ := writeHead(bufio.NewWriter(&out), r); done {
		t.Error("a line break in the target was passed on")
	}
}

// sortedHead has the request line first and the headers in order.
func sortedHead(head string) string {
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	return fmt.Sprintf("%q", lines)
}
