package secret

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func with(t *testing.T, place string) func(*Options) {
	t.Helper()
	wrapper, err := OpenWrapper(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.Wrapper = wrapper }
}

func TestKeysetIsWrappedByAURL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a", with(t, localKey(1)))
	w.keeps(k, "API_KEY", "hunter2")
	w.opens(w.server("b", with(t, localKey(1))), "API_KEY", "hunter2")
	stop := w.runs(k)
	w.must(k.Rotate(t.Context(), "ada"))
	w.rotated(k)
	stop()
	w.opens(w.server("c", with(t, localKey(1))), "API_KEY", "hunter2")

	err := w.server("d", with(t, localKey(2))).Load(t.Context())
	if lockstep.CodeOf(err) != lockstep.CodeFailed || !strings.Contains(err.Error(), "was wrapped with") {
		t.Errorf("%v", err)
	}
	if key := strings.TrimPrefix(localKey(2), "base64key://"); strings.Contains(err.Error(), key) || strings.Contains(w.status(k).Keyset.Wrapper, strings.TrimPrefix(localKey(1), "base64key://")) {
		t.Error("a key is shown")
	}
	if err := w.server("e").Load(t.Context()); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("with a file: %v", err)
	}
}

func TestPlacesThatAreNoKeys(t *testing.T) {
	t.Parallel()
	for place, code := range map[string]lockstep.Code{
		"awskms://alias/x": lockstep.CodeUnsupported, "nonsense://x": lockstep.CodeUnsupported,
		"base64key://c2hvcnQ=": lockstep.CodeInvalid, "://x": lockstep.CodeInvalid,
	} {
		_, err := OpenWrapper(t.Context(), place)
		if lockstep.CodeOf(err) != code {
			t.Errorf("%s: %v", place, err)
		}
		if strings.Contains(err.Error(), "c2hvcnQ") {
			t.Errorf("the key is shown: %v", err)
		}
	}
	for place, want := range map[string]string{
		"hashivault://key?engine=x": "hashivault://key", "hashivault://user:pass@key": "hashivault://key", "/etc/key": "/etc/key",
	} {
		if got := Public(place); got != want {
			t.Errorf("%s shows as %s, want %s", place, got, want)
		}
	}
}

// transit is a Vault that does what its transit engine does, or answers with
// a status.
func transit(status *atomic.Int64) http.Handler {
	const prefix = "vault:v1:"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s := status.Load(); s != 0 {
			w.WriteHeader(int(s))
			_, _ = w.Write([]byte(`{"errors":["no"]}`))
			return
		}
		var in map[string]string
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("X-Vault-Token") != "t0ken" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		data := map[string]string{}
		switch r.URL.Path {
		case "/v1/transit/encrypt/lockstep":
			data["ciphertext"] = prefix + base64.StdEncoding.EncodeToString([]byte("sealed "+in["plaintext"]))
		case "/v1/transit/decrypt/lockstep":
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(in["ciphertext"], prefix)) // what encrypt made
			data["plaintext"] = strings.TrimPrefix(string(raw), "sealed ")
		default:
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	})
}

func TestKeysetIsWrappedByVault(t *testing.T) {
	var status atomic.Int64
	vault := httptest.NewServer(transit(&status))
	defer vault.Close()
	t.Setenv("VAULT_SERVER_URL", vault.URL)
	t.Setenv("VAULT_SERVER_TOKEN", "t0ken")
	t.Setenv("VAULT_MAX_RETRIES", "0")
	w := newWorld(t)
	first := w.server("a", with(t, "hashivault://lockstep"))
	w.keeps(first, "API_KEY", "hunter2")
	w.opens(w.server("b", with(t, "hashivault://lockstep")), "API_KEY", "hunter2")
	for answer, want := range map[int64]struct {
		code lockstep.Code
		says string
	}{
		403: {lockstep.CodeUnavailable, "give it a token"},
		404: {lockstep.CodeFailed, "Vault has no secret key hashivault://lockstep"},
		400: {lockstep.CodeFailed, "cut short or damaged"},
		503: {lockstep.CodeUnavailable, "up and unsealed"},
	} {
		status.Store(answer)
		err := w.server("c", with(t, "hashivault://lockstep")).Load(context.Background())
		if lockstep.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.says) {
			t.Errorf("%d: %q %v", answer, lockstep.CodeOf(err), err)
		}
		w.opens(first, "API_KEY", "hunter2") // who has loaded it needs nobody
	}
	status.Store(0)
	vault.Close()
	if err := w.server("d", with(t, "hashivault://lockstep")).Load(context.Background()); lockstep.CodeOf(err) != lockstep.CodeUnavailable || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("%v", err)
	}
}
