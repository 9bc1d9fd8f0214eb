package secret

import (
	"context"
	"strings"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/lockstep-dev/lockstep"
)

// Wrapper is what a keyset is wrapped with. It is asked when a keyset is made,
// loaded or changed, and not for each value.
type Wrapper interface {
	tink.AEADWithContext

	// Name says which key this is, for messages; a keyset keeps the name of
	// what wrapped it.
	Name() string

	// Exists says that there is a key. Make makes one where it can.
	Exists(ctx context.Context) (bool, error)
	Make(ctx context.Context) error

	// Remedy is what to do to get another keyset's wrapping key here.
	Remedy() string
}

// OpenWrapper opens the wrapping key that place names: the path of a file, or
// the URL of a key in Vault or a KMS.
func OpenWrapper(ctx context.Context, place string) (Wrapper, error) {
	if !strings.Contains(place, "://") {
		return &file{path: place}, nil
	}
	return openKMS(ctx, place)
}

// Public is the place of a wrapping key without anything in it that is secret.
func Public(place string) string {
	scheme, rest, isURL := strings.Cut(place, "://")
	if !isURL {
		return place
	}
	rest, _, _ = strings.Cut(rest, "?")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = rest[at+1:]
	}
	if scheme == "base64key" {
		rest = fingerprint([]byte(rest))
	}
	return scheme + "://" + rest
}

func unsupportedScheme(scheme string) error {
	return lockstep.Errorf(lockstep.CodeUnsupported,
		"secret key: %s:// is not built into this program: name a file, or a key in Vault (hashivault://NAME)", scheme)
}
