package matrix

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Set writes value at path into the text of a matrix and leaves everything
// else as it is: comments, order, layout, line ends. Mappings on the way that
// do not exist are made; nil removes the key or item. A value is a text, a
// number, a boolean, a duration, or a list or mapping of these.
//
// The result is read again before it is returned: it differs from src at path
// and nowhere else. Where that cannot be had (the value comes through an
// alias), the error is CodeUnsupported and the file has to be edited by hand.
// Set does not judge the meaning; Parse the result.
func Set(src []byte, path string, value any) ([]byte, error) {
	segments, err := parsePath(path)
	if err != nil {
		return nil, err
	}
	value, err = settable(path, value)
	if err != nil {
		return nil, err
	}
	const file = "the matrix"
	d, root, exact, err := loadExact(src, file)
	if err != nil {
		return nil, err
	}
	before, ok := root.plain()
	if !exact || !ok {
		return nil, byHand(path, "its layout is unusual")
	}
	e := &editor{src: d.src, path: path}
	change, err := e.set(root, segments, value)
	if err != nil {
		return nil, err
	}
	wanted, err := setPlain(path, before, segments, value)
	if err != nil {
		return nil, err
	}
	out := change.apply(d.src, src)
	_, now, err := load(out, file)
	if err != nil {
		return nil, byHand(path, "its layout is unusual")
	}
	if after, ok := now.plain(); !ok || !reflect.DeepEqual(normal(after), normal(wanted)) {
		return nil, byHand(path, "its layout is unusual, or an alias shares the value")
	}
	return out, nil
}

func byHand(path, why string) error {
	return lockstep.Errorf(lockstep.CodeUnsupported, "%s cannot be changed in place (%s): edit the file by hand", clip(path), why)
}

// settable turns a value into what the writer knows: nil, text, bool, int64,
// float64, []any and map[string]any.
func settable(path string, v any) (any, error) {
	switch v := v.(type) {
	case nil, bool:
		return v, nil
	case string:
		if fault := badText(v); fault != "" {
			return nil, lockstep.Invalid("value", "the value for %s %s", clip(path), fault)
		}
		return v, nil
	case lockstep.Duration:
		return durationText(v.Std()), nil
	case time.Duration:
		return durationText(v), nil
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint()), nil
	case reflect.Float32, reflect.Float64:
		if f := r.Float(); !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f, nil
		}
	case reflect.String:
		return settable(path, r.String())
	case reflect.Slice:
		out := make([]any, r.Len())
		for i := range out {
			one, err := settable(path, r.Index(i).Interface())
			if err != nil {
				return nil, err
			}
			out[i] = one
		}
		return out, nil
	case reflect.Map:
		if r.Type().Key().Kind() != reflect.String {
			break
		}
		out := make(map[string]any, r.Len())
		for iter := r.MapRange(); iter.Next(); {
			one, err := settable(path, iter.Value().Interface())
			if err != nil {
				return nil, err
			}
			key := iter.Key().String()
			if fault := badText(key); fault != "" {
				return nil, lockstep.Invalid("value", "a key in the value for %s %s", clip(path), fault)
			}
			out[key] = one
		}
		return out, nil
	default:
	}
	return nil, lockstep.Invalid("value", "a %T cannot stand in a matrix (%s)", v, clip(path))
}

// setPlain is Set on values: what the edited text has to read as.
func setPlain(path string, in any, segments []segment, value any) (any, error) {
	if len(segments) == 0 {
		return value, nil
	}
	at, rest := segments[0], segments[1:]
	if at.index < 0 {
		m, ok := in.(map[string]any)
		if !ok && in != nil {
			return nil, wrongWay(path, fmt.Sprintf("there is no key %s in something that is no mapping", clip(at.key)))
		}
		if _, there := m[at.key]; !there && value == nil {
			return in, nil
		}
		out := make(map[string]any, len(m)+1)
		for k, v := range m {
			out[k] = v
		}
		if value == nil && len(rest) == 0 {
			delete(out, at.key)
			return out, nil
		}
		child, err := setPlain(path, m[at.key], rest, value)
		out[at.key] = child
		return out, err
	}
	l, ok := in.([]any)
	if !ok && in != nil || at.index > len(l) {
		return nil, wrongWay(path, fmt.Sprintf("there is no item %d", at.index))
	}
	if at.index == len(l) && value == nil {
		return in, nil
	}
	out := append([]any(nil), l...)
	if at.index == len(l) {
		out = append(out, nil)
	}
	if value == nil && len(rest) == 0 {
		return append(out[:at.index], out[at.index+1:]...), nil
	}
	child, err := setPlain(path, out[at.index], rest, value)
	out[at.index] = child
	return out, err
}

func wrongWay(path, why string) error {
	return lockstep.Invalid("path", "path %q: %s", clip(path), why)
}

// edit replaces a stretch of the text.
type edit struct {
	start, end int
	text       string
}

// apply makes the edit in the raw bytes, with the file's own line ends.
func (e edit) apply(src *source, raw []byte) []byte {
	text := e.text
	if len(src.dropped)*2 > len(src.lines) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	start, end := src.raw(e.start), src.raw(e.end)
	out := make([]byte, 0, len(raw)+len(text))
	out = append(out, raw[:start]...)
	out = append(out, text...)
	return append(out, raw[end:]...)
}
