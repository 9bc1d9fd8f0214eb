package varformat

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

func writeJSON(out *bytes.Buffer, variables []Variable, _ Options) error {
	if len(variables) == 0 {
		out.WriteString("{}\n")
		return nil
	}
	for i, v := range variables {
		between := ",\n  "
		if i == 0 {
			between = "{\n  "
		}
		out.WriteString(between)
		if err := quoteJSON(out, v.Key); err != nil {
			return err
		}
		out.WriteString(": ")
		if err := quoteJSON(out, v.Value); err != nil {
			return err
		}
	}
	out.WriteString("\n}\n")
	return nil
}

func quoteJSON(out *bytes.Buffer, s string) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the encoder's line break
	return nil
}

// readJSON reads one object. Numbers and booleans are taken as they are
// written, objects and lists as the JSON that they are.
func readJSON(src []byte) ([]Variable, error) {
	dec := json.NewDecoder(bytes.NewReader(src))
	at := func() int { return 1 + bytes.Count(src[:min(int(dec.InputOffset()), len(src))], []byte("\n")) }
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, mistake(at(), "it does not begin with an object: write {\"KEY\": \"value\"}")
	}
	var out []Variable
	var wrong mistakes
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, wrong.err(mistake(at(), "it is not JSON"))
		}
		key, _ := t.(string)
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, wrong.err(mistake(at(), "the value of %s is not JSON", short(key)))
		}
		v, err := jsonValue(raw)
		if err == nil {
			out = append(out, Variable{key, v})
		} else if err := mistake(at(), "the value of %s is %s", short(key), err); !wrong.add(err) {
			return nil, wrong.err(err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, wrong.err(mistake(at(), "the object is not closed"))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, wrong.err(mistake(at(), "something stands behind the object"))
	}
	return out, wrong.err(nil)
}

var errNull = errors.New("null: leave the key out, or write an empty text")

func jsonValue(raw json.RawMessage) (string, error) {
	if string(raw) == "null" {
		return "", errNull
	}
	if raw[0] != '"' {
		var compact bytes.Buffer
		if err := json.Compact(&compact, raw); err != nil {
			return "", err
		}
		return Literal(compact.String()), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", errors.New("not JSON")
	}
	return Literal(s), nil
}
