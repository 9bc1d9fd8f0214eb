package lockstep

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Redacted is what is shown of a sensitive value. Written back it is refused,
// so that reading and writing never destroys a secret.
const Redacted = "[REDACTED]"

// Sensitive is a value that shows itself nowhere: it prints, marshals and
// logs as Redacted. Reveal is the one way to it.
type Sensitive struct{ value string }

// Conceal makes a value sensitive.
func Conceal(value string) Sensitive { return Sensitive{value} }

// Reveal is the value itself.
func (s Sensitive) Reveal() string { return s.value }

// The ways in which a value is shown.
func (Sensitive) String() string               { return Redacted }
func (Sensitive) GoString() string             { return Redacted }
func (Sensitive) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(Redacted)) }
func (Sensitive) LogValue() slog.Value         { return slog.StringValue(Redacted) }
func (Sensitive) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
func (Sensitive) MarshalJSON() ([]byte, error) { return json.Marshal(Redacted) }

// SecretRef names one value of a secret.
type SecretRef struct {
	ID      string `json:"id"` // of the secret: it survives every new value
	Key     string `json:"key"`
	Version int64  `json:"version"`
}

// SecretPlace is what a sealed value is bound to: it opens nowhere else.
type SecretPlace struct {
	Project string        `json:"project"` // ID
	Level   VariableLevel `json:"level"`   // project, type or environment
	Owner   string        `json:"owner"`   // "" of a project; a type; an environment's ID
	Key     string        `json:"key"`     // of one service or feature with its scope before it: service/backend/KEY
}

// Secret is what all values of one place have in common.
type Secret struct {
	ID        string      `json:"id"`
	Place     SecretPlace `json:"place"`
	Newest    int64       `json:"newest"` // version
	CreatedAt time.Time   `json:"createdAt"`
	CreatedBy string      `json:"createdBy"`
}

// SecretVersion is one value of a secret, sealed.
type SecretVersion struct {
	SecretRef
	Place     SecretPlace `json:"place"`
	Sealed    []byte      `json:"-"`     // ciphertext
	KeyID     string      `json:"keyId"` // which key of the keyset sealed it
	CreatedAt time.Time   `json:"createdAt"`
	CreatedBy string      `json:"createdBy"`
	RevokedAt *time.Time  `json:"revokedAt,omitempty"` // its ciphertext is gone since
	RevokedBy string      `json:"revokedBy,omitempty"`
}

// ResealedSecret is a value under another key than before.
type ResealedSecret struct {
	SecretRef
	Before string // key
	Sealed []byte
	KeyID  string
}

// SecretText is a value of an instance's environment with secrets in it: the
// parts one after another, each a text or a secret's value.
type SecretText []SecretPart

// SecretPart is a text, or the value of a secret. Value is there on the way to
// an instance only: what is stored has none. Placeholders are filled in texts,
// and not in values.
type SecretPart struct {
	Text   string     `json:"text,omitempty"`
	Secret *SecretRef `json:"secret,omitempty"`
	Value  *string    `json:"value,omitempty"`
}

// Refs are the values that a text needs.
func (t SecretText) Refs() []SecretRef {
	var out []SecretRef
	for _, part := range t {
		if part.Secret != nil {
			out = append(out, *part.Secret)
		}
	}
	return out
}

// With is the text with each secret's value in it.
func (t SecretText) With(values map[SecretRef]Sensitive) SecretText {
	out := make(SecretText, len(t))
	for i, part := range t {
		if part.Secret != nil {
			value := values[*part.Secret].Reveal()
			part.Value = &value
		}
		out[i] = part
	}
	return out
}

// Join is the whole value, with the texts as fill makes them. A secret without
// a value is an error that names it.
func (t SecretText) Join(fill func(string) string) (string, error) {
	var b strings.Builder
	for _, part := range t {
		switch {
		case part.Secret == nil:
			b.WriteString(fill(part.Text))
		case part.Value == nil:
			return "", Errorf(CodeInvalid, "secret %s version %d came without its value: the server that sent it is too old; upgrade it", part.Secret.Key, part.Secret.Version)
		default:
			b.WriteString(*part.Value)
		}
	}
	return b.String(), nil
}
