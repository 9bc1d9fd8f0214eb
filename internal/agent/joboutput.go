package agent

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

const (
	maxOutput = 64 << 10      // kept of a job's output: its beginning and its end
	maxHead   = maxOutput / 2 // of it, the beginning
	maxTail   = maxHead - 64  // and the end; the rest is for the line between them

	// While a job runs, the end of its output stands in a file that is replaced
	// this often at most: what it writes beyond that costs memory traffic only.
	maxShown  = 8 << 10
	showEvery = 200 * time.Millisecond
)

// jobOutput keeps the beginning and the end of what is written to it.
type jobOutput struct {
	mu    sync.Mutex
	head  []byte
	tail  []byte // behind the head
	total int64
}

func (o *jobOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := len(p)
	o.total += int64(n)
	room := min(maxHead-len(o.head), n)
	o.head, p = append(o.head, p[:room]...), p[room:]
	if len(p) > maxTail {
		p = p[len(p)-maxTail:]
	}
	o.tail = append(o.tail, p...)
	if len(o.tail) > 2*maxTail {
		o.tail = append(o.tail[:0], o.tail[len(o.tail)-maxTail:]...)
	}
	return n, nil
}

// text is what is kept, in whole lines around what is missing.
func (o *jobOutput) text() (text string, missing int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	head, tail := o.head, o.tail[max(0, len(o.tail)-maxTail):]
	missing = o.total - int64(len(head)+len(tail))
	if missing > 0 {
		if cut := bytes.LastIndexByte(head, '\n') + 1; cut > 0 {
			missing, head = missing+int64(len(head)-cut), head[:cut]
		}
		if cut := bytes.IndexByte(tail, '\n') + 1; cut > 0 {
			missing, tail = missing+int64(cut), tail[cut:]
		}
		gap := fmt.Sprintf("… %d bytes are missing here …\n", missing)
		return valid(head) + gap + valid(tail), missing
	}
	return valid(append(head[:len(head):len(head)], tail...)), 0
}

func valid(text []byte) string { return strings.ToValidUTF8(string(text), "\uFFFD") }

// end is the end of the output, and where it ends.
func (o *jobOutput) end() (text []byte, total int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text = append(text, o.head[max(0, len(o.head)-maxShown):]...)
	text = append(text, o.tail[max(0, len(o.tail)-maxShown):]...)
	return text[max(0, len(text)-maxShown):], o.total
}

// show keeps the file at path current until it is told to stop. What cannot
// be shown is no reason for a job to fail.
func (o *jobOutput) show(path string) (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(showEvery)
		defer tick.Stop()
		var shown int64
		for last := false; !last; {
			select {
			case <-tick.C:
			case <-over:
				last = true
			}
			text, total := o.end()
			if total == shown {
				continue
			}
			whole := append(strconv.AppendInt(nil, total, 10), '\n')
			if os.WriteFile(path+".new", append(whole, text...), 0o600) == nil && os.Rename(path+".new", path) == nil {
				shown = total
			}
		}
	}()
	return func() {
		close(over)
		<-done
	}
}

// jobOutput reads the end of what a job has written so far.
func (a *agent) jobOutput(env, key string) (wire.JobOutput, error) {
	a.mu.Lock()
	run, ok := a.jobs[jobKey{env, key}]
	a.mu.Unlock()
	if !ok {
		return wire.JobOutput{}, lockstep.Errorf(lockstep.CodeNotFound, "there is no job %s", key)
	}
	text, err := os.ReadFile(filepath.Join(a.jobDir(run.launch), fileOutput))
	if errors.Is(err, fs.ErrNotExist) {
		return wire.JobOutput{}, nil
	}
	if err != nil {
		return wire.JobOutput{}, fmt.Errorf("output of a job: %w", err)
	}
	first, rest, _ := bytes.Cut(text, []byte{'\n'})
	total, err := strconv.ParseInt(string(first), 10, 64)
	if err != nil {
		return wire.JobOutput{}, fmt.Errorf("output of a job: %w", err)
	}
	return wire.JobOutput{Total: total, End: rest}, nil
}
