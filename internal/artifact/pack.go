package artifact

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lockstep-dev/lockstep"
)

// Pack writes the archive of a file or a directory. A single file stands in
// the archive under its own name. Names are sorted, times and owners are left
// out, and of the mode only the executable bit is kept, so that the same tree
// gives the same bytes on every machine.
func Pack(ctx context.Context, w io.Writer, source string) (err error) {
	zw, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return fmt.Errorf("pack %s: %w", source, err)
	}
	tw := tar.NewWriter(zw)
	info, err := os.Stat(source)
	if err != nil {
		return sourceError(source, err)
	}
	if info.IsDir() {
		err = packTree(ctx, tw, source)
	} else {
		err = packFile(tw, source, filepath.Base(source), info)
	}
	if err != nil {
		return err
	}
	if err := tw.Close(); err != nil {
		return fmt.Errorf("pack %s: %w", source, err)
	}
	if err := zw.Close(); err != nil {
		return fmt.Errorf("pack %s: %w", source, err)
	}
	return nil
}

// packTree relies on WalkDir's lexical order.
func packTree(ctx context.Context, tw *tar.Writer, root string) error {
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return sourceError(p, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return fmt.Errorf("pack %s: %w", p, err)
		}
		if rel == "." {
			return nil
		}
		name := filepath.ToSlash(rel)
		info, err := d.Info()
		if err != nil {
			return sourceError(p, err)
		}
		switch {
		case d.IsDir():
			return writeHeader(tw, &tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o755})
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(p)
			if err != nil {
				return sourceError(p, err)
			}
			return writeHeader(tw, &tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: filepath.ToSlash(target), Mode: 0o777})
		case info.Mode().IsRegular():
			return packFile(tw, p, name, info)
		default:
			return refuse(name, "is not a file, a directory or a symbolic link")
		}
	})
}

func packFile(tw *tar.Writer, source, name string, info fs.FileInfo) error {
	mode := int64(0o644)
	if info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	f, err := os.Open(source)
	if err != nil {
		return sourceError(source, err)
	}
	defer f.Close() //nolint:errcheck // read only
	if err := writeHeader(tw, &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: info.Size(), Mode: mode}); err != nil {
		return err
	}
	if _, err := io.Copy(tw, f); err != nil {
		return fmt.Errorf("pack %s: %w (did it change while it was read?)", source, err)
	}
	return nil
}

func writeHeader(tw *tar.Writer, h *tar.Header) error {
	h.Format = tar.FormatPAX
	if _, err := checkEntry(h); err != nil {
		return err
	}
	if err := tw.WriteHeader(h); err != nil {
		return fmt.Errorf("pack %s: %w", h.Name, err)
	}
	return nil
}

func sourceError(source string, err error) error {
	if os.IsNotExist(err) {
		return lockstep.Errorf(lockstep.CodeInvalid, "artifact %s does not exist: build it first, or correct the path in the matrix", source)
	}
	return fmt.Errorf("pack %s: %w", source, err)
}
