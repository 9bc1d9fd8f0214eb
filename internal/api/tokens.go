package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"

	"github.com/lockstep-dev/lockstep/internal/control"
)

// Tokens says whose a token is.
type Tokens func(token string) (name string, ok bool)

// TokenHash is what is kept of a token.
type TokenHash [sha256.Size]byte

// HashToken is the hash of a token as it is sent.
func HashToken(token string) TokenHash { return sha256.Sum256([]byte(token)) }

// HashedTokens knows tokens by their hashes. How long it takes says nothing
// of a token: all hashes are compared, each in constant time.
func HashedTokens(byName map[string]TokenHash) Tokens {
	return func(token string) (string, bool) {
		asked := HashToken(token)
		found, ok := "", false
		for name, hash := range byName {
			if subtle.ConstantTimeCompare(asked[:], hash[:]) == 1 {
				found, ok = name, true
			}
		}
		return found, ok
	}
}

type actorKey struct{}

func withActor(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, actorKey{}, name)
}

// actor is the name of the token that a request came with.
func actor(ctx context.Context) string {
	name, _ := ctx.Value(actorKey{}).(string)
	return name
}

// by is who asks for a change, and how.
func by(ctx context.Context, c Change) control.By {
	return control.By{Actor: actor(ctx), Key: c.Key, DryRun: c.DryRun}
}
