package artifact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// Spool packs source into a temporary file and says its digest ("sha256:…").
// The file is gone from its directory already, so that nothing stays behind
// however the program ends; the caller closes it.
func Spool(ctx context.Context, source string) (packed *os.File, digest string, err error) {
	f, err := os.CreateTemp("", "lockstep-artifact-*")
	if err != nil {
		return nil, "", fmt.Errorf("make a temporary file: %w", err)
	}
	sum := sha256.New()
	err = errors.Join(os.Remove(f.Name()), Pack(ctx, io.MultiWriter(f, sum), source))
	if err != nil {
		return nil, "", errors.Join(err, f.Close())
	}
	return f, "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}
