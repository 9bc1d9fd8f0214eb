package load

import (
	"bufio"
	"bytes"
	"fmt"
	"mime"
	"net/http"
)

const longestLine = 64 << 10

// readEvents expects exactly want events and then the clean end of the stream.
// An event is one or more data lines and the empty line that dispatches them.
func readEvents(resp *http.Response, want int) error {
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "text/event-stream" {
		return fmt.Errorf("answered with %q, not with an event stream", resp.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 0, 1<<10), longestLine)
	got, hasData := 0, false
	for lines.Scan() {
		switch line := lines.Bytes(); {
		case bytes.HasPrefix(line, []byte("data:")):
			hasData = true
		case len(line) == 0 && hasData:
			hasData = false
			got++
		}
		if got > want {
			return fmt.Errorf("more than the %d events asked for", want)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("stream broke after %d of %d events: %w", got, want, err)
	}
	if got < want {
		return fmt.Errorf("stream ended after %d of %d events", got, want)
	}
	return nil
}
