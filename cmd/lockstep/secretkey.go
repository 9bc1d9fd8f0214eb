package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/secret"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// secretKeyPlace is where the key that wraps the keyset is: what the flag
// says, what LOCKSTEP_SECRET_KEY says, or a file in the data directory.
func secretKeyPlace(flag, variable, dir string) (string, error) {
	if strings.HasPrefix(flag, "base64key://") {
		return "", lockstep.Invalid("secret-key", "a key itself must not stand in the arguments, which every process can read: give it as LOCKSTEP_SECRET_KEY, or use a key file")
	}
	switch {
	case flag != "":
		return flag, nil
	case variable != "":
		return variable, nil
	}
	return filepath.Join(dir, "secret.key"), nil
}

// openKeyring loads the keys. A key that is wrong stops the server: somebody
// has to see to it. One that cannot be asked at the moment does not; it is
// asked again and again, and until then only what needs secrets fails.
func openKeyring(ctx context.Context, place, host string, db *store.Store, log *slog.Logger) (*secret.Keyring, error) {
	wrapper, err := secret.OpenWrapper(ctx, place)
	if err != nil {
		return nil, err
	}
	keys := secret.New(secret.Options{Store: db, Wrapper: wrapper, Holder: host, Logger: log})
	if err := keys.Load(ctx); err != nil {
		var coded *lockstep.Error
		if errors.As(err, &coded) && coded.Code != lockstep.CodeUnavailable {
			return nil, err
		}
		log.Warn("the server starts without its secrets", "error", err)
	}
	return keys, nil
}
