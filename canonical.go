package lockstep

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Canonical is the one byte sequence of v that is hashed and stored: JSON
// with object keys sorted at every level, numbers as written, no HTML
// escaping and no white space. Two values with the same canonical bytes are
// the same value.
func Canonical(v any) ([]byte, error) {
	raw, err := unescaped(v)
	if err != nil {
		return nil, fmt.Errorf("canonical: %w", err)
	}
	c := canonical{in: raw, out: make([]byte, 0, len(raw))}
	if err := c.value(); err != nil {
		return nil, fmt.Errorf("canonical: %w", err)
	}
	return c.out, nil
}

func unescaped(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

// canonical rewrites JSON that an encoder wrote, valid and without white
// space: a change of one variable hashes the configuration of each environment
// that inherits it, and taking it apart and putting it together again costs
// four times as much.
type canonical struct {
	in, out []byte
}

func (c *canonical) value() error {
	switch c.in[0] {
	case '{':
		return c.object()
	case '[':
		return c.list()
	case '"':
		text, _, err := c.text()
		c.out = append(c.out, text...)
		return err
	}
	n := bytes.IndexAny(c.in, ",]}")
	if n < 0 {
		n = len(c.in)
	}
	c.out, c.in = append(c.out, c.in[:n]...), c.in[n:]
	return nil
}

func (c *canonical) list() error {
	c.take()
	for c.in[0] != ']' {
		if c.in[0] == ',' {
			c.take()
		}
		if err := c.value(); err != nil {
			return err
		}
	}
	c.take()
	return nil
}

// take moves a byte over as it is.
func (c *canonical) take() { c.out, c.in = append(c.out, c.in[0]), c.in[1:] }

// A member is where a key of an object and its value lie in out.
type member struct {
	key         string
	from, until int
}

func (c *canonical) object() error {
	c.take()
	begin := len(c.out)
	var members []member
	sorted := true
	for c.in[0] != '}' {
		if c.in[0] == ',' {
			c.take()
		}
		from := len(c.out)
		text, key, err := c.text()
		if err != nil {
			return err
		}
		c.out = append(c.out, text...)
		c.take() // the colon
		if err := c.value(); err != nil {
			return err
		}
		if n := len(members); n > 0 && members[n-1].key >= key {
			sorted = false
		}
		members = append(members, member{key, from, len(c.out)})
	}
	if !sorted {
		c.sort(begin, members)
	}
	c.take()
	return nil
}

// sort puts the members of an object into the order of their keys. Of those
// with one key the last is what a reader gets.
func (c *canonical) sort(begin int, members []member) {
	written := slices.Clone(c.out[begin:])
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	c.out = c.out[:begin]
	for i, m := range members {
		if i+1 < len(members) && members[i+1].key == m.key {
			continue
		}
		if len(c.out) > begin {
			c.out = append(c.out, ',')
		}
		c.out = append(c.out, written[m.from-begin:m.until-begin]...)
	}
}

// text reads a string, and says how it is written and what it is.
func (c *canonical) text() (written []byte, is string, err error) {
	n, plain := 1, true
	for ; c.in[n] != '"'; n++ {
		if c.in[n] == '\\' {
			plain = false
			n++
		}
	}
	written, c.in = c.in[:n+1], c.in[n+1:]
	if plain && writtenPlainly(written) {
		return written, string(written[1:n]), nil
	}
	if err := json.Unmarshal(written, &is); err != nil {
		return nil, "", err
	}
	written, err = unescaped(is)
	return written, is, err
}

// writtenPlainly says that the encoder writes a string without escapes as it
// stands: it escapes the two line ends of Unicode that JavaScript knows.
func writtenPlainly(text []byte) bool {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return utf8.Valid(text) && !bytes.Contains(text, []byte("\u2028")) && !bytes.Contains(text, []byte("\u2029"))
		}
	}
	return true
}

// HashBytes is "sha256:" and the hex digest of b.
func HashBytes(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Hash is HashBytes of v's canonical bytes.
func Hash(v any) (string, error) {
	b, err := Canonical(v)
	if err != nil {
		return "", err
	}
	return HashBytes(b), nil
}
