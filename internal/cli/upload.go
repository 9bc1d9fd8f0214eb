package cli

import (
	"context"
	"fmt"

	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/artifact"
)

// upload packs a service's artifact and sends it, unless the server has it.
func (a *app) upload(ctx context.Context, c *client.Client, service, path string) (string, error) {
	f, digest, err := artifact.Spool(ctx, path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // read only from here on
	live := isTerminal(a.Err)
	var size int64
	err = c.Upload(ctx, digest, f, func(sent, total int64) {
		size = total
		if live {
			fmt.Fprintf(a.Err, "\r\x1b[K%s  %s  %s of %s", service, path, bytesText(sent), bytesText(total))
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
		line(a.Err, "%s  %s  uploaded %s", service, path, bytesText(size))
	}
	return digest, nil
}

// bytesText prints a size with the precision a person needs.
func bytesText(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
