package template

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"syscall"
	"time"
)

// WorkerName is the hidden command that Work stands behind.
const WorkerName = "render-template"

// pageSize of the file in which a child says where it is: text and byte, four
// bytes each.
const pageSize = 4096

// placeFile is the descriptor of that file in the child.
const placeFile = 3

// Work is a child's whole life: it reads a job, and writes its result. It
// narrows its process first, so it belongs into one of its own.
func Work(in io.Reader, out io.Writer) error {
	var job Job
	if err := json.NewDecoder(in).Decode(&job); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	job.Limits = job.Limits.orDefault()
	if err := confine(job.Limits); err != nil {
		return fmt.Errorf("confine: %w", err)
	}
	result := run(job, newSentry(job.Limits))
	if err := json.NewEncoder(out).Encode(result); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// sentry is the watch of a process that is for one job only.
type sentry struct {
	limits Limits
	until  time.Duration // of processor time
	heap   atomic.Int64  // bytes in use, as last looked at
	page   []byte        // nil: there is none
}

// look is how often the memory is looked at.
const look = 2 * time.Millisecond

func newSentry(limits Limits) *sentry {
	s := &sentry{limits: limits, until: processorTime() + limits.Time}
	// Without the page only its error is less exact.
	if page, err := syscall.Mmap(placeFile, 0, pageSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED); err == nil {
		s.page = page
	}
	debug.SetMemoryLimit(limits.Memory * 3 / 4) // so that garbage does not count
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
		for range time.Tick(look) {
			metrics.Read(sample)
			s.heap.Store(int64(sample[0].Value.Uint64() + sample[1].Value.Uint64()))
		}
	}()
	return s
}

func (s *sentry) at(text, offset int) {
	if s.page != nil {
		binary.LittleEndian.PutUint32(s.page, uint32(text))
		binary.LittleEndian.PutUint32(s.page[4:], uint32(offset))
	}
}

func (s *sentry) over() (string, bool) {
	if s.heap.Load() > s.limits.Memory {
		return needsMemory(s.limits), true
	}
	if processorTime() > s.until {
		return takesTime(s.limits), true
	}
	return "", false
}

// processorTime that this process has used. A busy machine makes a template wait, and is no fault of it.
func processorTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0 // the kernel's own limit stands
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func needsMemory(l Limits) string {
	return fmt.Sprintf("it needs more than the %d MiB of memory that a template may have: does it loop, or call itself, without end?", l.Memory>>20)
}

func takesTime(l Limits) string {
	return fmt.Sprintf("it has not ended after %s of processor time: does it loop, or call itself, without end?", l.Time)
}

// pageOf makes the file that parent and child share; it has no name.
func pageOf() (*os.File, error) {
	f, err := os.CreateTemp("", "lockstep-template-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, f.Truncate(pageSize)
}
