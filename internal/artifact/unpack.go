package artifact

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/lockstep-dev/lockstep"
)

// Summary is what an archive holds.
type Summary struct {
	Entries int
	Bytes   int64 // unpacked
}

// Inspect reads a whole archive and checks every entry, writing nothing.
// What it refuses is lockstep.CodeInvalid, or CodeTooLarge over the limits.
func Inspect(ctx context.Context, r io.Reader, limits Limits) (Summary, error) {
	return walk(ctx, r, limits, func(_ *tar.Header, _ string, body io.Reader) error {
		_, err := io.Copy(io.Discard, body)
		return err
	})
}

// Unpack writes an archive's entries into dir, which exists and is empty.
// On an error what was written so far stays; the caller removes dir.
func Unpack(ctx context.Context, r io.Reader, dir string, limits Limits) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	defer root.Close() //nolint:errcheck // only a directory handle
	_, err = walk(ctx, r, limits, func(h *tar.Header, name string, body io.Reader) error {
		return writeEntry(root, h, name, body)
	})
	return err
}

// writeEntry goes through os.Root, which refuses to follow a link out of the
// tree even where checkEntry could not foresee it (a link through a link).
func writeEntry(root *os.Root, h *tar.Header, name string, body io.Reader) error {
	if name == "." {
		return nil
	}
	if parent := path.Dir(name); parent != "." {
		if err := root.MkdirAll(parent, 0o755); err != nil {
			return fmt.Errorf("unpack %s: %w", name, err)
		}
	}
	switch h.Typeflag {
	case tar.TypeDir:
		if err := root.MkdirAll(name, 0o755); err != nil {
			return fmt.Errorf("unpack %s: %w", name, err)
		}
	case tar.TypeSymlink:
		if err := root.Symlink(h.Linkname, name); err != nil {
			return fmt.Errorf("unpack %s: %w", name, err)
		}
	default:
		mode := os.FileMode(0o644)
		if h.Mode&0o111 != 0 {
			mode = 0o755
		}
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return fmt.Errorf("unpack %s: %w", name, err)
		}
		_, err = io.Copy(f, body)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("unpack %s: %w", name, err)
		}
	}
	return nil
}

func walk(ctx context.Context, r io.Reader, limits Limits, visit func(*tar.Header, string, io.Reader) error) (Summary, error) {
	limits = limits.withDefaults()
	var sum Summary
	zr, err := gzip.NewReader(r)
	if err != nil {
		return sum, lockstep.Errorf(lockstep.CodeInvalid, "archive refused: not a gzip stream: %w", err)
	}
	tr := tar.NewReader(zr)
	for {
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return sum, nil
		}
		if err != nil {
			return sum, lockstep.Errorf(lockstep.CodeInvalid, "archive refused: damaged or cut short after %d entries: %w", sum.Entries, err)
		}
		name, err := checkEntry(h)
		if err != nil {
			return sum, err
		}
		sum.Entries++
		if sum.Entries > limits.Entries {
			return sum, lockstep.Errorf(lockstep.CodeTooLarge, "archive refused: more than %d entries", limits.Entries)
		}
		body := &countingReader{r: tr, left: limits.Bytes - sum.Bytes}
		if err := visit(h, name, body); err != nil {
			if body.over {
				return sum, lockstep.Errorf(lockstep.CodeTooLarge, "archive refused: it unpacks to more than %d bytes", limits.Bytes)
			}
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) {
				return sum, lockstep.Errorf(lockstep.CodeInvalid, "archive refused: entry %q is cut short: %w", h.Name, err)
			}
			return sum, err
		}
		sum.Bytes += body.read
	}
}

var errOver = errors.New("over the limit")

type countingReader struct {
	r    io.Reader
	left int64
	read int64
	over bool
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.read += int64(n)
	if c.read > c.left {
		c.over = true
		return 0, errOver
	}
	return n, err
}
