package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// How long frames wait for a server, and what is answered at once.
const (
	framesKept  = 6 * time.Hour
	framesBytes = 64 << 20 // of all of them
	framesOnce  = 4 << 20
)

// frames are files, one for each minute that is over, named by their number:
// the time in milliseconds, or one more than the last. They outlive the agent,
// and a server that has been away for as long as they are kept misses nothing.
type frames struct {
	dir string
	log *slog.Logger
}

// numbers lists the frames, oldest first.
func (f *frames) numbers() ([]int64, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("figures: %w", err)
	}
	var out []int64
	for _, e := range entries {
		if n, err := strconv.ParseInt(strings.TrimSuffix(e.Name(), ".json"), 10, 64); err == nil {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (f *frames) path(number int64) string {
	return filepath.Join(f.dir, strconv.FormatInt(number, 10)+".json")
}

// write keeps a frame, and forgets the oldest. Figures are not worth stopping
// anything for: what cannot be written is missing.
func (f *frames) write(frame lockstep.Frame) {
	if err := f.add(frame); err != nil {
		f.log.Error("figures of a minute are lost", "error", err)
	}
}

func (f *frames) add(frame lockstep.Frame) error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	numbers, err := f.numbers()
	if err != nil {
		return err
	}
	frame.Seq = frame.Until.UnixMilli()
	if len(numbers) > 0 {
		frame.Seq = max(frame.Seq, numbers[len(numbers)-1]+1)
	}
	f.forget(numbers, frame.Until)
	text, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	temporary := f.path(frame.Seq) + ".new"
	if err := os.WriteFile(temporary, text, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, f.path(frame.Seq))
}

func (f *frames) forget(numbers []int64, now time.Time) {
	var size int64
	for _, n := range slices.Backward(numbers) {
		info, err := os.Stat(f.path(n))
		if err != nil {
			continue
		}
		if size += info.Size(); size > framesBytes || now.Sub(time.UnixMilli(n)) > framesKept {
			_ = os.Remove(f.path(n)) // it is tried again in a minute
		}
	}
}

// after lists frames after one, oldest first.
func (f *frames) after(seq int64) (wire.FrameList, error) {
	out := wire.FrameList{Frames: []lockstep.Frame{}}
	numbers, err := f.numbers()
	if err != nil {
		return out, err
	}
	size := 0
	for _, n := range numbers {
		if n <= seq {
			continue
		}
		if size > framesOnce {
			out.More = true
			break
		}
		text, err := os.ReadFile(f.path(n))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return out, fmt.Errorf("figures: %w", err)
		}
		size += len(text)
		var frame lockstep.Frame
		if err := json.Unmarshal(text, &frame); err != nil {
			f.log.Error("figures of a minute cannot be read", "file", f.path(n), "error", err)
			continue
		}
		frame.Seq = n
		out.Frames = append(out.Frames, frame)
	}
	return out, nil
}
