package api_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
)

func (w *world) part(digest string, offset, length int, content string) reply {
	w.Helper()
	return w.do(http.MethodPatch, "/api/system/blobs/"+digest, content,
		head{"Upload-Offset": strconv.Itoa(offset), "Upload-Length": strconv.Itoa(length), "Content-Type": "application/octet-stream"})
}

func (w *world) stat(digest string) reply {
	w.Helper()
	return w.do(http.MethodHead, "/api/system/blobs/"+digest, "")
}

func (r reply) at(offset int) {
	r.Helper()
	if got := r.header.Get("Upload-Offset"); got != strconv.Itoa(offset) {
		r.Errorf("%s: Upload-Offset %q, want %d", r.asked, got, offset)
	}
}

func TestAnUploadGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const content = "0123456789"
	digest := lockstep.HashBytes([]byte(content))
	w.stat(digest).is(404).at(0)
	w.part(digest, 0, 10, content[:4]).is(204).at(4)
	w.stat(digest).is(404).at(4)
	conflict := w.part(digest, 0, 10, content)
	conflict.problem(409, lockstep.CodeConflict, "byte 4")
	conflict.at(4)
	w.part(digest, 4, 10, content[4:]).is(204).at(10)
	w.stat(digest).is(200).at(10)
	w.part(digest, 0, 10, content).is(204).at(10) // again is no mistake
	w.do(http.MethodPost, "/api/system/releases", `{"version":"2.0.0","artifacts":{"backend":"`+digest+`"}}`).is(201)
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // at most 1 MiB
	digest := lockstep.HashBytes([]byte("right"))
	w.part(digest, 0, 5, "wrong").problem(422, lockstep.CodeInvalid, "another digest")
	w.stat(digest).is(404).at(0)
	w.part(digest, 0, 3, "right").problem(422, lockstep.CodeInvalid, "longer")
	w.part(digest, 0, 2<<20, "right").problem(413, lockstep.CodeTooLarge, "1 MiB")
	w.part("sha256:short", 0, 5, "right").problem(422, lockstep.CodeInvalid, "digest")
	w.part(digest, -1, 5, "right").problem(422, lockstep.CodeInvalid, "Upload-Offset")
	w.do(http.MethodPatch, "/api/system/blobs/"+digest, "right").problem(422, lockstep.CodeInvalid, "Upload-Length", "Upload-Offset")
	w.stat("sha256:short").is(422)
}

// One that stands still is told so, and keeps what has arrived.
func TestAnUploadThatStandsStill(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) { o.UploadPause = 200 * time.Millisecond })
	digest := lockstep.HashBytes([]byte("0123456789"))
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "PATCH /api/system/blobs/%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nUpload-Offset: 0\r\nUpload-Length: 10\r\nContent-Length: 10\r\n\r\n0123", digest, token)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var p api.ProblemDetails
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil || p.Code != lockstep.CodeUnavailable || !strings.Contains(p.Detail, "broke off") {
		t.Errorf("%s, %+v, %v", resp.Status, p, err)
	}
	w.stat(digest).is(404).at(4)
}

// An upload may be larger than any other body, and one that breaks off keeps
// what has arrived.
func TestAnUploadThatBreaksOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	content := bytes.Repeat([]byte("lockstep"), 100<<10) // 800 KiB
	digest := lockstep.HashBytes(content)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "PATCH /api/system/blobs/%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nUpload-Offset: 0\r\nUpload-Length: %d\r\nContent-Length: %d\r\n\r\n",
		digest, token, len(content), len(content))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(content[:500<<10]); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	w.deadline(func() bool { return strings.Contains(w.log.String(), "method=PATCH") }, "the upload is still waited for")
	r := w.stat(digest).is(404)
	offset, err := strconv.Atoi(r.header.Get("Upload-Offset"))
	if err != nil || offset == 0 || offset > 500<<10 {
		t.Fatalf("offset %d, %v", offset, err)
	}
	if strings.Contains(w.log.String(), "internal error") {
		t.Errorf("a broken connection is called internal:\n%s", w.log)
	}
	w.part(digest, offset, len(content), string(content[offset:])).is(204).at(len(content))
	w.stat(digest).is(200)
}
