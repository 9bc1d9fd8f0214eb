package control

import (
	"context"
	"io"

	"github.com/lockstep-dev/lockstep"
)

// Blobs keeps artifacts by digest ("sha256:…"). An upload goes on where the
// one before broke off; the last byte makes it visible, after its digest and
// its content were checked.
type Blobs interface {
	Stat(ctx context.Context, digest string) (BlobState, error)
	Append(ctx context.Context, digest string, offset, total int64, r io.Reader) (BlobState, error)
}

// BlobState says how much of a blob is stored.
type BlobState struct {
	Complete bool
	Size     int64 // of the whole, or of what an unfinished upload has left
}

// BlobsOf makes Blobs of a store that has a type of its own for the state.
func BlobsOf[S ~struct {
	Complete bool
	Size     int64
}](s interface {
	Stat(ctx context.Context, digest string) (S, error)
	Append(ctx context.Context, digest string, offset, total int64, r io.Reader) (S, error)
},
) Blobs {
	return blobsOf[S]{s}
}

type blobsOf[S ~struct {
	Complete bool
	Size     int64
}] struct {
	store interface {
		Stat(ctx context.Context, digest string) (S, error)
		Append(ctx context.Context, digest string, offset, total int64, r io.Reader) (S, error)
	}
}

func (b blobsOf[S]) Stat(ctx context.Context, digest string) (BlobState, error) {
	s, err := b.store.Stat(ctx, digest)
	return BlobState(s), err
}

func (b blobsOf[S]) Append(ctx context.Context, digest string, offset, total int64, r io.Reader) (BlobState, error) {
	s, err := b.store.Append(ctx, digest, offset, total, r)
	return BlobState(s), err
}

// Blob says what is stored of an artifact.
func (c *Control) Blob(ctx context.Context, digest string) (BlobState, error) {
	return c.blobs.Stat(ctx, digest)
}

// AppendBlob adds the bytes of r at offset to an artifact of total bytes.
func (c *Control) AppendBlob(ctx context.Context, digest string, offset, total int64, r io.Reader) (BlobState, error) {
	return c.blobs.Append(ctx, digest, offset, total, r)
}

type noBlobs struct{}

func (noBlobs) Stat(context.Context, string) (BlobState, error) {
	return BlobState{}, lockstep.Errorf(lockstep.CodeUnsupported, "this server stores no artifacts")
}

func (noBlobs) Append(context.Context, string, int64, int64, io.Reader) (BlobState, error) {
	return BlobState{}, lockstep.Errorf(lockstep.CodeUnsupported, "this server stores no artifacts")
}
