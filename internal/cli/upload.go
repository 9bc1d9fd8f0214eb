package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/artifact"
)

// upload packs a service's artifact and sends it, unless the server has it.
func (a *app) upload(ctx context.Context, c *client.Client, service, path string) (digest string, err error) {
	f, err := spool()
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // removed already
	sum := sha256.New()
	if err := artifact.Pack(ctx, io.MultiWriter(f, sum), path); err != nil {
		return "", err
	}
	digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	live := isTerminal(a.Err)
	var size int64
	err = c.Upload(ctx, digest, f, func(sent, total int64) {
		size = total
		if live {
			fmt.Fprintf(a.Err, "\r\x1b[K%s  %s  %s of %s", service, path, mib(sent), mib(total))
		}
	})
	if err != nil {
		return "", err
	}
	if live {
		fmt.Fprint(a.Err, "\r\x1b[K")
	}
	if size == 0 {
		line(a.Err, "%s  %s  stored already", service, path)
	} else {
		line(a.Err, "%s  %s  uploaded %s", service, path, mib(size))
	}
	return digest, nil
}

func mib(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

// spool makes a temporary file that is gone from the directory at once, so
// that nothing stays behind however the command ends.
func spool() (*os.File, error) {
	f, err := os.CreateTemp("", "lockstep-artifact-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	return f, nil
}
