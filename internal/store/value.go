package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lockstep-dev/lockstep"
)

// A row is what a scan function reads: *sql.Row or *sql.Rows.
type row interface{ Scan(dest ...any) error }

func scanText(r row) (s string, err error)  { return s, r.Scan(&s) }
func scanNumber(r row) (n int64, err error) { return n, r.Scan(&n) }

// bind turns our values into those of the drivers. Text that PostgreSQL could
// not keep is refused on both.
func bind(args []any) ([]any, error) {
	bound := make([]any, len(args))
	for i, arg := range args {
		if v, ok := arg.(driver.Valuer); ok {
			value, err := v.Value()
			if err != nil {
				return nil, err
			}
			arg = value
		}
		if s, ok := arg.(string); ok {
			if err := storable(s); err != nil {
				return nil, err
			}
		}
		bound[i] = arg
	}
	return bound, nil
}

func storable(s string) error {
	if strings.ContainsRune(s, 0) {
		return lockstep.Invalid("", "a text holds a NUL character (U+0000), which cannot be stored: remove it")
	}
	if !utf8.ValidString(s) {
		return lockstep.Invalid("", "a text is not valid UTF-8: save it as UTF-8")
	}
	return nil
}

// micros and fromMicros are time at the edge of the store: UTC, microseconds
// since 1970. The zero time stays itself.
func micros(t time.Time) int64          { return t.UnixMicro() }
func fromMicros(us int64) time.Time     { return time.UnixMicro(us).UTC() }
func wholeMicros(t time.Time) time.Time { return fromMicros(micros(t)) }

// microsOrNull is nil where there is no time.
func microsOrNull(t *time.Time) any {
	if t == nil {
		return nil
	}
	return micros(*t)
}

// at scans a time, and one that may be NULL into **time.Time.
func at(dest *time.Time) scanner {
	return func(src any) error {
		us, ok := src.(int64)
		if !ok {
			return fmt.Errorf("a time is stored as %T", src)
		}
		*dest = fromMicros(us)
		return nil
	}
}

func maybeAt(dest **time.Time) scanner {
	return func(src any) error {
		if src == nil {
			*dest = nil
			return nil
		}
		*dest = new(time.Time)
		return at(*dest)(src)
	}
}

// asJSON stores a value as JSON text.
func asJSON(v any) driver.Valuer { return jsonText{v} }

type jsonText struct{ v any }

func (j jsonText) Value() (driver.Value, error) {
	b, err := json.Marshal(j.v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return string(b), nil
}

// orNull stores a value as JSON text, and nil as NULL.
func orNull[T any](v *T) any {
	if v == nil {
		return nil
	}
	return asJSON(v)
}

// jsonUnless stores a value as JSON text, and nothing as NULL.
func jsonUnless(nothing bool, v any) any {
	if nothing {
		return nil
	}
	return asJSON(v)
}

// textOrNull stores text, and nil as NULL.
func textOrNull(text []byte) any {
	if text == nil {
		return nil
	}
	return string(text)
}

// fromJSON scans JSON text; NULL leaves dest alone.
func fromJSON(dest any) scanner {
	return func(src any) error {
		var text []byte
		switch s := src.(type) {
		case nil:
			return nil
		case string:
			text = []byte(s)
		case []byte:
			text = s
		default:
			return fmt.Errorf("a document is stored as %T", src)
		}
		return json.Unmarshal(text, dest)
	}
}

// A scanner is a sql.Scanner made of a function.
type scanner func(src any) error

// Scan is the function.
func (s scanner) Scan(src any) error { return s(src) }

func filledOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// notNil is b for a column that is NOT NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// nilIfEmpty undoes notNil.
func nilIfEmpty(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
