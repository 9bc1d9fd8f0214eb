package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-dev/lockstep"
)

// checkText says what makes a value unfit for any program, "" for nothing.
func checkText(value string) string {
	switch {
	case len(value) > lockstep.MaxVariableValue:
		return fmt.Sprintf("its value has %d bytes, more than the %d that a variable may have", len(value), lockstep.MaxVariableValue)
	case !utf8.ValidString(value):
		return "its value is not UTF-8: give bytes in another form, base64 say"
	}
	for i, c := range value {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			return fmt.Sprintf("its value has a control character (U+%04X) at byte %d, which programs do not read back: take it out", c, i)
		}
	}
	return ""
}

// checkType says what a value has to be and is not, "" for nothing. It never
// says the value.
func checkType(t lockstep.VariableType, value string) string {
	switch t {
	case lockstep.VariableNumber:
		if _, err := number(value); err != nil {
			return "its value is not a number"
		}
	case lockstep.VariableBoolean:
		if value != "true" && value != "false" {
			return "its value is neither true nor false"
		}
	case lockstep.VariableJSON:
		if _, err := decode(value); err != nil {
			return "its value is not JSON: " + err.Error()
		}
	case lockstep.VariableURL:
		u, err := url.Parse(value)
		if err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" && u.Path == "" {
			return "its value is not a URL with a scheme, such as https://example.com"
		}
	case lockstep.VariableString, lockstep.VariableSecret, lockstep.VariableFile:
	}
	return ""
}

func number(value string) (float64, error) {
	if strings.ContainsAny(value, "xXpP_") { // what ParseFloat reads beside decimal numbers
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseFloat(value, 64)
	if err == nil && (math.IsInf(n, 0) || math.IsNaN(n)) {
		err = strconv.ErrRange
	}
	return n, err
}

// decode reads one JSON value. Its errors say a place and no content.
func decode(value string) (any, error) {
	d := json.NewDecoder(strings.NewReader(value))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("it cannot be read at byte %d", syntax.Offset)
		}
		return nil, errors.New("it ends too early")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows it at byte %d", d.InputOffset())
	}
	return out, nil
}

func nothing(v lockstep.VariableValidation) bool {
	return v.Pattern == "" && v.Min == nil && v.Max == nil && len(v.Enum) == 0 && v.MinLength == 0 && v.MaxLength == 0 && v.Schema == nil
}

// checkValue holds a value to what is demanded of it.
func checkValue(v lockstep.VariableValidation, value string) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if v.Pattern != "" {
		if re, err := wholeOf(v.Pattern); err != nil || !re.MatchString(value) {
			say("its value does not match the pattern %s", v.Pattern)
		}
	}
	if v.Min != nil || v.Max != nil {
		n, err := number(value)
		switch {
		case err != nil:
			say("its value is not a number, and has to be %s", between(v))
		case v.Min != nil && n < *v.Min || v.Max != nil && n > *v.Max:
			say("its value has to be %s", between(v))
		}
	}
	if len(v.Enum) > 0 && !slices.Contains(v.Enum, value) {
		say("its value has to be one of %s", strings.Join(v.Enum, ", "))
	}
	n := utf8.RuneCountInString(value)
	if v.MinLength > 0 && n < v.MinLength {
		say("its value has %d characters, fewer than %d", n, v.MinLength)
	}
	if v.MaxLength > 0 && n > v.MaxLength {
		say("its value has %d characters, more than %d", n, v.MaxLength)
	}
	if v.Schema != nil {
		wrong = append(wrong, checkSchema(v.Schema, value)...)
	}
	return wrong
}

func between(v lockstep.VariableValidation) string {
	text := func(f *float64) string { return strconv.FormatFloat(*f, 'g', -1, 64) }
	switch {
	case v.Min == nil:
		return "at most " + text(v.Max)
	case v.Max == nil:
		return "at least " + text(v.Min)
	}
	return "between " + text(v.Min) + " and " + text(v.Max)
}

// wholeOf is a pattern that has to match the whole of a value.
func wholeOf(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile(`\A(?:` + pattern + `)\z`)
}

// The bounds of what is demanded of a variable.
const (
	maxPattern = 1000
	maxEnum    = 1000
)

// checkValidation says what is wrong with a demand itself.
func checkValidation(t lockstep.VariableType, v lockstep.VariableValidation) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if len(v.Pattern) > maxPattern {
		say("its pattern is longer than %d bytes", maxPattern)
	} else if v.Pattern != "" {
		if _, err := wholeOf(v.Pattern); err != nil {
			say("its pattern is no regular expression (RE2): %v", err)
		}
	}
	if v.Min != nil && v.Max != nil && *v.Min > *v.Max {
		say("its least value %g is above its greatest %g", *v.Min, *v.Max)
	}
	if v.MinLength < 0 || v.MaxLength < 0 || v.MaxLength > 0 && v.MinLength > v.MaxLength {
		say("no value has at least %d and at most %d characters", v.MinLength, v.MaxLength)
	}
	if len(v.Enum) > maxEnum {
		say("it allows %d values, more than %d can be named", len(v.Enum), maxEnum)
	}
	if (v.Min != nil || v.Max != nil) && t != lockstep.VariableNumber {
		say("a range is for variables of type number, and its type is %s", t)
	}
	if v.Schema != nil {
		if t != lockstep.VariableJSON {
			say("a schema is for variables of type json, and its type is %s", t)
		} else if _, err := compile(v.Schema); err != nil {
			say("its schema cannot be used: %v", err)
		}
	}
	return wrong
}
