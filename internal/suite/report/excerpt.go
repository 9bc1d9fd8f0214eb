package report

import (
	"fmt"
	"strings"
)

// excerptHalf is how much of the beginning and how much of the end of one output are kept: far more than anybody
// reads, far less than a test that logs in a loop writes.
const excerptHalf = 512 << 10

// An excerpt keeps an output whole up to twice excerptHalf, and beyond that its beginning and its end.
type excerpt struct {
	head, tail strings.Builder
	previous   string // the last full half before what tail has gathered
	total      int
}

func (e *excerpt) add(s string) {
	e.total += len(s)
	if e.total <= excerptHalf {
		e.head.WriteString(s)
		return
	}
	if e.tail.Len() > 0 && e.tail.Len()+len(s) > excerptHalf {
		e.previous = e.tail.String()
		e.tail.Reset()
	}
	e.tail.WriteString(s)
}

func (e *excerpt) String() string {
	end := e.previous + e.tail.String()
	if left := e.total - e.head.Len() - len(end); left > 0 {
		return fmt.Sprintf("%s\n[… %d bytes left out …]\n%s", e.head.String(), left, end)
	}
	return e.head.String() + end
}
