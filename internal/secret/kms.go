package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/hashivault"   // hashivault://
	_ "gocloud.dev/secrets/localsecrets" // base64key://

	"github.com/lockstep-dev/lockstep"
)

// kmsPatience bounds one call of Vault.
const kmsPatience = 10 * time.Second

// kms is a wrapping key that somebody else keeps.
type kms struct {
	keeper *secrets.Keeper
	name   string
}

func openKMS(ctx context.Context, place string) (Wrapper, error) {
	scheme, err := schemeOf(place)
	if err != nil {
		return nil, err
	}
	if !secrets.DefaultURLMux().ValidKeeperScheme(scheme) {
		return nil, unsupportedScheme(scheme)
	}
	keeper, err := secrets.OpenKeeper(ctx, place)
	if err != nil {
		// What it says may repeat the URL, and with it a key.
		return nil, &lockstep.Error{Code: lockstep.CodeInvalid, Err: errors.New("the keeper of the URL cannot be opened"), Message: fmt.Sprintf(
			"secret key %s cannot be used: check the URL%s", Public(place), variables(scheme))}
	}
	return &kms{keeper: keeper, name: Public(place)}, nil
}

func schemeOf(place string) (string, error) {
	u, err := url.Parse(place)
	if err != nil || u.Scheme == "" {
		return "", lockstep.Invalid("secret-key", "the secret key's URL cannot be read: want hashivault://NAME, or the path of a file")
	}
	return u.Scheme, nil
}

func variables(scheme string) string {
	if scheme == "hashivault" {
		return ", and VAULT_SERVER_URL and VAULT_SERVER_TOKEN in the server's environment"
	}
	return ""
}

// Name implements Wrapper.
func (k *kms) Name() string { return k.name }

// Remedy implements Wrapper.
func (k *kms) Remedy() string {
	return "start the server with the --secret-key that wrapped it"
}

// Exists implements Wrapper: who keeps the key has made it.
func (k *kms) Exists(context.Context) (bool, error) { return true, nil }

// Make implements Wrapper.
func (k *kms) Make(context.Context) error { return nil }

// EncryptWithContext implements Wrapper. What a keeper encrypts has no second
// input, so the bound goes before the text.
func (k *kms) EncryptWithContext(ctx context.Context, plain, bound []byte) ([]byte, error) {
	return k.call(ctx, k.keeper.Encrypt, slices.Concat(bound, plain))
}

// DecryptWithContext implements Wrapper.
func (k *kms) DecryptWithContext(ctx context.Context, wrapped, bound []byte) ([]byte, error) {
	out, err := k.call(ctx, k.keeper.Decrypt, wrapped)
	if err != nil {
		return nil, err
	}
	plain, ok := bytes.CutPrefix(out, bound)
	if !ok {
		return nil, errors.New("it is no keyset")
	}
	return plain, nil
}

// call is bounded here, because the client of Vault does not know the context,
// and answers some of what a proxy before Vault may say with a panic.
func (k *kms) call(ctx context.Context, do func(context.Context, []byte) ([]byte, error), in []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, kmsPatience)
	defer cancel()
	type answer struct {
		out []byte
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a = answer{err: fmt.Errorf("an answer that is none of Vault's: %v", p)}
			}
			answered <- a
		}()
		a.out, a.err = do(ctx, in)
	}()
	select {
	case a := <-answered:
		return a.out, k.explain(a.err)
	case <-ctx.Done():
		return nil, lockstep.Errorf(lockstep.CodeUnavailable, "the secret key %s did not answer within %s: see whether it is up and unsealed", k.name, kmsPatience)
	}
}

// explain tells what may be well soon from what will not. A keeper that finds
// that something is not its own says so as any other error; Vault's status
// tells it.
func (k *kms) explain(err error) error {
	if err == nil {
		return nil
	}
	var vault *api.ResponseError
	if !errors.As(err, &vault) {
		if strings.HasPrefix(k.name, "hashivault:") {
			return lockstep.Errorf(lockstep.CodeUnavailable, "the secret key %s cannot be reached: see whether Vault is up, and VAULT_SERVER_URL in the server's environment (%w)", k.name, err)
		}
		return err
	}
	switch {
	case vault.StatusCode == 403:
		return lockstep.Errorf(lockstep.CodeUnavailable, "Vault does not let this server use the secret key %s: give it a token (VAULT_SERVER_TOKEN) whose policy allows update on transit/encrypt and transit/decrypt of this key", k.name)
	case vault.StatusCode == 404:
		return lockstep.Errorf(lockstep.CodeFailed, "Vault has no secret key %s: make it (vault write -f transit/keys/NAME), or correct --secret-key", k.name)
	case vault.StatusCode < 500 && vault.StatusCode != 429:
		return fmt.Errorf("vault answered %d", vault.StatusCode)
	}
	return lockstep.Errorf(lockstep.CodeUnavailable, "Vault answered %d about the secret key %s: see whether it is up and unsealed", vault.StatusCode, k.name)
}
