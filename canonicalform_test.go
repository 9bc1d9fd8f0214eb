package lockstep_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// readAndWritten is what canonical bytes are by definition: a value read into
// maps and written again.
func readAndWritten(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimRight(out.Bytes(), "\n"))
}

var canonicalSeeds = []string{
	`null`, `true`, `-0`, `1e400`, `12345678901234567890`, `""`, `[]`, `{}`, `[[],{},"",0]`,
	`{"b":1,"a":2}`, `{"a":1,"a":{"z":1,"y":2}}`, `{"b":{"d":[{"z":1,"a":"}"}],"c":null},"a":"]"}`,
	`{"\u0061b":1,"aa":2,"a\"b":3,"é":4,"\ud83d\ude00":5}`, `"<&>\u003c\u2028\n\t\b\f\u0000\/"`,
	"\"\u2028 \u2029 \u00e9\"", "{\"\xff\":1,\"\ufffd\":2}", "\"\xc3\"", `{ "b" : [ 1 , 2 ] , "a" : "x y" }`,
}

// Values that were hashed before have the hash that they had.
func TestCanonicalIsWhatIsReadAndWrittenAgain(t *testing.T) {
	t.Parallel()
	for _, seed := range canonicalSeeds {
		sameCanonical(t, json.RawMessage(seed))
	}
	sameCanonical(t, lockstep.ConfigDocument{
		Format:    1,
		Services:  map[string]lockstep.ServiceConfig{"b": {Env: map[string]string{"Z": "<a & b>", "A": "line\nline"}}, "a": {Command: []string{"x", "\""}}},
		Variables: []lockstep.Variable{{Key: "K", Value: "\xff\u2029"}, {Key: "A", Value: `{"b":1}`}},
		Sections:  map[lockstep.ConfigSection]any{lockstep.SectionGeneral: map[string]any{"z": json.Number("1.50"), "a": []any{nil, 2.5}}},
	})
}

func sameCanonical(t *testing.T, v any) {
	t.Helper()
	got, err := lockstep.Canonical(v)
	if err != nil {
		t.Fatal(err)
	}
	if want := readAndWritten(t, v); string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range canonicalSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if json.Valid(raw) {
			sameCanonical(t, json.RawMessage(raw))
		}
	})
}
