package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lockstep-dev/lockstep/internal/cli"
)

// archive FILE ENTRY… packs what our own packer never would. An entry is a
// file's name, or NAME->TARGET for a symbolic link.
func archive(ts *testscript.TestScript, args []string) (err error) {
	if len(args) < 2 {
		return errors.New("usage: archive FILE ENTRY...")
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	zw := gzip.NewWriter(f)
	tw := tar.NewWriter(zw)
	defer func() { err = errors.Join(err, tw.Close(), zw.Close(), f.Close()) }()
	for _, entry := range args[1:] {
		header := &tar.Header{Name: entry, Typeflag: tar.TypeReg, Size: 5, Mode: 0o644}
		if name, target, ok := strings.Cut(entry, "->"); ok {
			header = &tar.Header{Name: name, Linkname: target, Typeflag: tar.TypeSymlink, Mode: 0o777}
		}
		if err := tw.WriteHeader(header); err != nil {
			return err
		}
		if header.Typeflag == tar.TypeReg {
			if _, err := tw.Write([]byte("pwned")); err != nil {
				return err
			}
		}
	}
	return nil
}

// upload FILE sends a file as an artifact, as a program that is not ours
// would; what it prints is the status and the body, and $DIGEST its name.
func upload(ts *testscript.TestScript, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: upload FILE")
	}
	w := worldOf(ts)
	raw, err := os.ReadFile(ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	token, err := os.ReadFile(filepath.Join(w.dir, cli.TokenFile))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	digest := "sha256:" + hex.EncodeToString(sum[:])
	ts.Setenv("DIGEST", digest)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, "http://"+w.api+"/api/system/blobs/"+digest, strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Upload-Offset", "0")
	req.Header.Set("Upload-Length", fmt.Sprint(len(raw)))
	return answer(ts, req)
}
