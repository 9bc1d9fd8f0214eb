package api_test

import (
	"net/http"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// secrets are keys that rotate, and a secret that is looked at and revoked.
func (w *world) secrets(system string) {
	w.Helper()
	if s := decode[lockstep.KeyStatus](w.get(system + "/keys").is(200)); s.Keyset != nil {
		w.Errorf("keys before anything was sealed: %+v", s)
	}
	env := decode[lockstep.Environment](w.get(system + "/environments/staging").is(200))
	place := lockstep.SecretPlace{Project: env.ProjectID, Level: lockstep.LevelEnvironment, Owner: env.ID, Key: "service/backend/API_KEY"}
	for version := range int64(2) {
		if err := w.keys.Ready(w.Context()); err != nil {
			w.Fatal(err)
		}
		sealed, keyID, err := w.keys.Seal(w.Context(), place, lockstep.Conceal("hunter2"))
		if err != nil {
			w.Fatal(err)
		}
		v := lockstep.SecretVersion{SecretRef: lockstep.SecretRef{ID: "s1", Version: version + 1}, Place: place, Sealed: sealed, KeyID: keyID, CreatedBy: "ana"}
		if err := w.store.Update(w.Context(), func(tx *store.Tx) error { return tx.AddSecretVersion(v) }); err != nil {
			w.Fatal(err)
		}
	}
	path := system + "/environments/staging/variables/"
	uses := decode[control.List[lockstep.SecretUse]](w.get(path + "API_KEY/uses").is(200))
	if len(uses.Items) != 1 || uses.Items[0].Owner != "staging" || len(uses.Items[0].Versions) != 2 {
		w.Errorf("uses %+v", uses)
	}
	if text := string(w.get(path + "backend%2FAPI_KEY/uses").is(200).body); strings.Contains(text, "hunter2") || strings.Contains(strings.ToLower(text), "sealed") {
		w.Errorf("shows too much: %s", text)
	}
	w.get(path+"NONE/uses").problem(404, lockstep.CodeNotFound, "staging has no secret NONE")
	w.do(http.MethodPost, path+"API_KEY/revoke", `{"version":3}`).problem(404, lockstep.CodeNotFound, "its newest is 2")
	w.do(http.MethodPost, path+"API_KEY/revoke", `{"version":2}`).problem(409, lockstep.CodeConflict, "newest value", "--force")
	revoked := decode[lockstep.SecretUse](w.do(http.MethodPost, path+"API_KEY/revoke", `{"version":1,"force":true}`).is(200))
	if v := revoked.Versions[1]; v.RevokedAt == nil || v.RevokedBy != "ana" {
		w.Errorf("revoked %+v", v)
	}

	w.do(http.MethodPost, system+"/keys/rotate?dryRun=true", "").is(200)
	s := decode[lockstep.KeyStatus](w.do(http.MethodPost, system+"/keys/rotate", "").is(202))
	if !s.Keyset.Rotation.Open() || s.Keyset.Rotation.StartedBy != "ana" || s.Left != 1 || len(s.Keyset.Keys) != 2 {
		w.Errorf("rotation %+v, %d left", s.Keyset, s.Left)
	}
	w.do(http.MethodPost, system+"/keys/rotate", "").problem(409, lockstep.CodeConflict, "being rotated already")
}
