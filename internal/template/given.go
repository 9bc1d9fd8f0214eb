package template

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// The variables that every template has, beside its own.
const (
	KeyEnvironment = "ENVIRONMENT_NAME"
	KeyType        = "ENVIRONMENT_TYPE"
	KeyProject     = "PROJECT"
	KeyTimestamp   = "TIMESTAMP" // when it is applied, as date -Iseconds says it
	KeyCreator     = "CREATOR"
	KeyVersion     = "VERSION" // the release that runs there; none where nothing does
)

var builtinKeys = []string{KeyEnvironment, KeyType, KeyProject, KeyTimestamp, KeyCreator, KeyVersion}

// TimestampShape is that of date -Iseconds.
const TimestampShape = "2006-01-02T15:04:05-07:00"

// Values are those of a template's variables. The sensitive ones are apart; a
// nil among them stands for the value that the environment has already.
type Values struct {
	Plain  map[string]any
	Given  map[string]any // those of Plain that are no defaults
	Secret map[string]*string
}

// Fill makes the values of a template's variables from what is known of the
// environment, what a person said (set), and the defaults. Texts are read as
// what their variable is: "20" is a number where one is asked for. keep are
// sensitive variables that may stay as they are.
func Fill(variables []lockstep.TemplateVariable, known, set map[string]any, keep []string) (Values, []lockstep.Problem) {
	v := Values{Plain: maps.Clone(known), Given: maps.Clone(known), Secret: map[string]*string{}}
	var problems []lockstep.Problem
	say := func(key, hint, format string, args ...any) {
		problems = append(problems, lockstep.Problem{Field: "variables." + key, Message: fmt.Sprintf(format, args...), Suggestion: hint})
	}
	var keys []string
	for _, declared := range variables {
		keys = append(keys, declared.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		switch {
		case slices.Contains(keys, key):
		case slices.Contains(builtinKeys, key):
			text, ok := set[key].(string)
			if !ok {
				say(key, "", "it is a text")
				continue
			}
			v.Plain[key], v.Given[key] = text, text
		default:
			hint := ""
			if near := nearestName(key, keys); near != "" {
				hint = "did you mean " + near + "?"
			} else if len(keys) > 0 {
				hint = "it has: " + strings.Join(keys, ", ")
			}
			say(shorten(key), hint, "the template has no such variable")
		}
	}
	for _, d := range variables {
		value, given := set[d.Key]
		if given && value == nil {
			given = false
		}
		switch {
		case given:
		case Sensitive(d) && slices.Contains(keep, d.Key):
			v.Secret[d.Key] = nil
			continue
		case d.DefaultValue != nil:
			value = d.DefaultValue
		case d.Required:
			say(d.Key, "give it with --set "+d.Key+"=…", "it is required: %s", first(d.Description, "it has no default"))
			continue
		default:
			value = zero(d.Type)
		}
		read, text, err := readAs(d.Type, value)
		if err != nil {
			say(d.Key, "", "%v", err)
			continue
		}
		if given || d.DefaultValue != nil {
			for _, wrong := range config.Fit(d.Type, d.Validation, text) {
				say(d.Key, "", "%s", wrong)
			}
		}
		if Sensitive(d) {
			if text == lockstep.Redacted {
				say(d.Key, "", "%s is what is shown instead of a value, and no value", lockstep.Redacted)
			}
			v.Secret[d.Key] = &text
			continue
		}
		if v.Plain[d.Key] = read; given {
			v.Given[d.Key] = read
		}
	}
	return v, problems
}

// Sensitive says whether a variable's value is a secret.
func Sensitive(d lockstep.TemplateVariable) bool {
	return d.Sensitive || d.Type == lockstep.VariableSecret
}

// zero is the value of a variable that nobody gave and nobody has to.
func zero(t lockstep.VariableType) any {
	switch t {
	case lockstep.VariableNumber:
		return 0
	case lockstep.VariableBoolean:
		return false
	case lockstep.VariableJSON:
		return map[string]any{}
	case lockstep.VariableString, lockstep.VariableSecret, lockstep.VariableFile, lockstep.VariableURL:
	}
	return ""
}

// readAs reads a value as its type, and as the text that rules are held
// against. Its errors never say the value.
func readAs(t lockstep.VariableType, value any) (any, string, error) {
	text, isText := value.(string)
	if !isText {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, "", fmt.Errorf("it is no JSON value")
		}
		text = string(raw)
	}
	switch t {
	case lockstep.VariableNumber:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, text, nil
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, "", fmt.Errorf("it is not a number")
		}
		return n, text, nil
	case lockstep.VariableBoolean:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, "", fmt.Errorf("it is neither true nor false")
		}
		return b, strconv.FormatBool(b), nil
	case lockstep.VariableJSON:
		if !isText {
			return value, text, nil
		}
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, "", fmt.Errorf("it is not JSON")
		}
		return v, text, nil
	case lockstep.VariableString, lockstep.VariableSecret, lockstep.VariableFile, lockstep.VariableURL, "":
		switch value.(type) {
		case string, bool, int, int64, uint64, float64, json.Number:
			return text, text, nil
		}
	}
	return nil, "", fmt.Errorf("it is a list or an object, and should be a text")
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func shorten(name string) string {
	if len(name) > 64 {
		return strings.ToValidUTF8(name[:64], "?") + "…"
	}
	return name
}
