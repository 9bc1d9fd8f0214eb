package expression

import (
	"errors"
	"reflect"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/file"
)

// Mistake is what is wrong with a text, and where: At is in bytes, and not
// beyond its end.
type Mistake struct {
	At      int
	Message string
	Missing string   // the name that there is not, where it is that
	Known   []string // the names that there are in its place
}

func (m *Mistake) Error() string { return m.Message }

// strange is how the library tells of a field that there is not.
var strange = regexp.MustCompile(`^type (\w+\.(\w+)) has no field (\w+)`)

func mistakeOf(err error, text string, l Language, words *strings.Replacer) *Mistake {
	m := &Mistake{Message: said(err, words)}
	var at *file.Error
	if !errors.As(err, &at) {
		return m
	}
	m.At = inBytes(text, at.From)
	if strings.Contains(at.Message, `Operator("=")`) {
		m.Message = "= does not compare: write =="
		return m
	}
	if found := strange.FindStringSubmatch(at.Message); found != nil {
		m.Message = words.Replace(found[1]) + " has no " + found[3]
		m.Missing, m.Known = found[3], fieldsOf(reflect.TypeOf(l.Facts), found[2])
	}
	return m
}

// said is an error of the library in one line, in the words of who wrote the
// text.
func said(err error, words *strings.Replacer) string {
	message := err.Error()
	var at *file.Error
	if errors.As(err, &at) {
		message = at.Message
	}
	message, _, _ = strings.Cut(message, "\n")
	return words.Replace(message)
}

func (l Language) replacer() *strings.Replacer {
	home := reflect.TypeOf(l.Facts).String() // package.Type
	home, _, _ = strings.Cut(home, ".")
	var pairs []string
	for name, word := range l.Words {
		pairs = append(pairs, home+"."+name, word)
	}
	return strings.NewReplacer(pairs...)
}

// fieldsOf are the names that expressions have for the fields of a type which
// is somewhere in another.
func fieldsOf(t reflect.Type, name string) []string {
	for t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var own []string
	for i := range t.NumField() {
		own = append(own, t.Field(i).Tag.Get("expr"))
	}
	if t.Name() == name {
		return own
	}
	for i := range t.NumField() {
		if found := fieldsOf(t.Field(i).Type, name); found != nil {
			return found
		}
	}
	return nil
}

// inBytes is where the character with a number begins.
func inBytes(text string, character int) int {
	n := 0
	for i := range text {
		if n >= character {
			return i
		}
		n++
	}
	return len(text)
}
