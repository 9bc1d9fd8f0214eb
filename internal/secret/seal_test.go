package secret

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

func TestValueOpensWhereItWasSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a")
	for i, value := range []string{"plain", "", "line\nline\x00", `"$HOME" 'quoted' {{version}}`, "schlüssel-鍵", strings.Repeat("x", 1<<20)} {
		w.keeps(k, numbered(i), value)
		w.opens(k, numbered(i), value)
		if len(value) > 3 && bytes.Contains(w.stored(numbered(i)).Sealed, []byte(value)) {
			t.Errorf("%q is stored as it is", value)
		}
	}
	again := w.server("b")
	w.opens(again, numbered(0), "plain")
}

func TestValueOpensNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a")
	w.keeps(k, "API_KEY", "hunter2")
	v := w.stored("API_KEY")
	for name, change := range map[string]func(*lockstep.SecretVersion){
		"project": func(v *lockstep.SecretVersion) { v.Place.Project = "p2" },
		"level":   func(v *lockstep.SecretVersion) { v.Place.Level = lockstep.LevelType },
		"owner":   func(v *lockstep.SecretVersion) { v.Place.Owner = "production" },
		"key":     func(v *lockstep.SecretVersion) { v.Place.Key = "API_KEY2" },
		"shifted": func(v *lockstep.SecretVersion) { v.Place.Owner, v.Place.Key = "A", "PI_KEY" },
		"damaged": func(v *lockstep.SecretVersion) {
			v.Sealed = append([]byte{}, v.Sealed...)
			v.Sealed[len(v.Sealed)-1] ^= 1
		},
		"short":   func(v *lockstep.SecretVersion) { v.Sealed = v.Sealed[:3] },
		"unknown": func(v *lockstep.SecretVersion) { v.Sealed = append([]byte{1, 0, 0, 0, 0}, v.Sealed[5:]...) },
	} {
		moved := v
		change(&moved)
		_, err := k.Open(t.Context(), moved)
		if lockstep.CodeOf(err) != lockstep.CodeFailed || !strings.Contains(err.Error(), "API_KEY version 1 cannot be opened") {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error holds the value", name)
		}
	}
}

// No two places are sealed for alike, wherever their parts begin and end.
func TestPlacesAreApart(t *testing.T) {
	t.Parallel()
	part := rapid.SampledFrom([]string{"", "a", "aa", "a\x00", "\x00", "\x00\x00\x00\x00\x00\x00\x00\x01a"})
	some := rapid.Custom(func(t *rapid.T) lockstep.SecretPlace {
		return lockstep.SecretPlace{
			Project: part.Draw(t, "project"), Level: lockstep.VariableLevel(part.Draw(t, "level")),
			Owner: part.Draw(t, "owner"), Key: part.Draw(t, "key"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := some.Draw(t, "a"), some.Draw(t, "b")
		if (a == b) != bytes.Equal(bound(a), bound(b)) {
			t.Fatalf("%+v and %+v: %s and %s", a, b, hex.EncodeToString(bound(a)), hex.EncodeToString(bound(b)))
		}
	})
}

func TestCopyOpensAtItsNewPlaceOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a")
	w.keeps(k, "FROM", "hunter2")
	sealed, keyID, err := k.CopyTo(t.Context(), w.stored("FROM"), place("TO"))
	w.must(err)
	copied := lockstep.SecretVersion{SecretRef: lockstep.SecretRef{Key: "TO", Version: 1}, Place: place("TO"), Sealed: sealed, KeyID: keyID}
	got, err := k.Open(t.Context(), copied)
	w.must(err)
	if got.Reveal() != "hunter2" {
		t.Errorf("the copy opens as %q", got.Reveal())
	}
	copied.Place = place("FROM")
	if _, err := k.Open(t.Context(), copied); err == nil {
		t.Error("the copy opens at the old place")
	}
}

func TestSealedWithNamesTheKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a")
	w.keeps(k, "API_KEY", "x")
	v := w.stored("API_KEY")
	if primary := w.status(k).Keyset.Primary(); v.KeyID != primary || sealedWith(v.Sealed) != primary {
		t.Errorf("sealed with %s, stored as %s, the keyset's primary is %s", sealedWith(v.Sealed), v.KeyID, primary)
	}
}
