package template

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/lockstep-dev/lockstep"
)

// fault is one thing wrong with a text, at a byte of it (-1: nowhere).
type fault struct {
	text    Text
	at      int
	message string
	hint    string
}

func (f *fault) Error() string { return f.message }

// problem is what a person reads.
func (f *fault) problem() lockstep.Problem {
	p := lockstep.Problem{Field: f.text.Name, Message: f.message, Suggestion: f.hint}
	if f.at >= 0 && f.text.Source != "" {
		p.Line, p.Column, p.Excerpt = place(f.text.Source, f.at)
	}
	return p
}

// place is where a byte stands: line and column (in characters, from 1), and
// the line with a mark below.
func place(source string, at int) (line, column int, excerpt string) {
	at = min(max(at, 0), len(source))
	before := source[:at]
	begin := strings.LastIndexByte(before, '\n') + 1
	text, _, _ := strings.Cut(source[begin:], "\n")
	text = strings.TrimRight(text, "\r")
	line, column = 1+strings.Count(before, "\n"), 1+len([]rune(source[begin:at]))
	return line, column, under(text, column)
}

// under is a line with a mark below one of its columns.
func under(text string, column int) string {
	const most = 100
	runes := []rune(strings.ReplaceAll(text, "\t", " "))
	from := max(0, min(column-1-most/2, len(runes)-most))
	shown := string(runes[from:min(len(runes), from+most)])
	return shown + "\n" + strings.Repeat(" ", max(0, min(column-1, len(runes))-from)) + "^"
}

// offset is the byte at a line and a column that counts bytes from 0.
func offset(source string, line, column int) int {
	at := 0
	for range line - 1 {
		next := strings.IndexByte(source[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return min(at+max(column, 0), len(source))
}

var (
	parseShape  = regexp.MustCompile(`(?s)^template: ` + rootName + `:(\d+):(?:\d+:)? (.*)$`)
	execShape   = regexp.MustCompile(`(?s)^template: [^:]*:(\d+):(\d+): executing "[^"]*" at <(.*?)>: (.*)$`)
	quotedShape = regexp.MustCompile(`"([^"]+)"|<([^>]+)>`)
	fieldShape  = regexp.MustCompile(`map has no entry for key "([^"]*)"`)
)

// bracesOf is how far a source begins before what its author wrote.
func bracesOf(text Text) int {
	if text.Kind == AsTruth {
		return 2
	}
	return 0
}

// parseFault is where and what of an error of text/template's parser, which
// knows lines only: the column is that of the word it complains about, or of
// the line's first placeholder.
func parseFault(text Text, source string, err error) *fault {
	found := parseShape.FindStringSubmatch(err.Error())
	if found == nil {
		return &fault{text: text, at: -1, message: strings.TrimPrefix(err.Error(), "template: ")}
	}
	line, _ := strconv.Atoi(found[1])
	begin := offset(source, line, 0)
	whole, _, _ := strings.Cut(source[begin:], "\n")
	at := max(0, strings.Index(whole, "{{"))
	message := strings.ReplaceAll(found[2], rootName+":", "line ")
	if word := quotedShape.FindStringSubmatch(message); word != nil {
		if i := strings.Index(whole, word[1]+word[2]); i >= 0 && word[1]+word[2] != "" {
			at = i
		}
	}
	f := &fault{text: text, at: begin + at - bracesOf(text), message: message}
	switch {
	case strings.Contains(message, "unexpected EOF"):
		f.hint = "an {{if}}, {{range}} or {{with}} has no {{end}}"
	case strings.Contains(message, "unclosed action"), strings.Contains(message, "unexpected \"}\""):
		f.hint = "close the placeholder with }}"
	case strings.Contains(message, "unexpected \"{\""):
		f.hint = "is the placeholder before it closed with }}?"
	case strings.Contains(message, "unexpected {{end}}"):
		f.hint = "there is one {{end}} too many"
	}
	return f
}

// unknownFault is a call of what is neither a function nor a variable.
func unknownFault(text Text, source string, n *parse.IdentifierNode, calls map[string]any) *fault {
	f := &fault{
		text: text, at: int(n.Pos) - bracesOf(text),
		message: fmt.Sprintf("there is no function %q", n.Ident),
		hint:    "a variable is written {{." + n.Ident + "}}",
	}
	// The parser puts a name's place behind it where a space follows.
	if !strings.HasPrefix(source[min(int(n.Pos), len(source)):], n.Ident) {
		if i := strings.LastIndex(source[:min(int(n.Pos), len(source))], n.Ident); i >= 0 {
			f.at = i - bracesOf(text)
		}
	}
	if why, ok := kept[n.Ident]; ok {
		f.message, f.hint = fmt.Sprintf("%s is not for templates: %s", n.Ident, why), ""
	} else if near := nearestName(n.Ident, slices.Sorted(maps.Keys(calls))); near != "" {
		f.hint += "; or did you mean " + near + "?"
	}
	return f
}

// kept says why functions of sprig are not there.
var kept = map[string]string{
	"env": "the server's environment is nobody's business", "expandenv": "the server's environment is nobody's business",
	"getHostByName": "a template has no network",
	"now":           "it has no clock: {{TIMESTAMP}} is when it was applied", "date": "it has no clock: {{TIMESTAMP}} is when it was applied",
	"randAlphaNum": randomWhy, "randAlpha": randomWhy, "randNumeric": randomWhy, "randAscii": randomWhy, "randBytes": randomWhy,
	"randInt": randomWhy, "uuidv4": randomWhy, "shuffle": randomWhy,
	"genPrivateKey": randomWhy, "genCA": randomWhy, "genSelfSignedCert": randomWhy, "bcrypt": randomWhy, "htpasswd": randomWhy,
}

const randomWhy = "equal values have to make equal results; give what it would make as a variable"

// stopped ends a text at an action: it is over a limit.
type stopped struct {
	at   int
	what string
}

func (s *stopped) Error() string { return s.what }

// missing is a variable without a value.
type missing struct{ key string }

func (m *missing) Error() string { return m.key + " has no value" }

// execFault is where and what of an error while a text is rendered.
func execFault(text Text, source string, keys []string, now int, err error) *fault {
	var stop *stopped
	if errors.As(err, &stop) {
		return &fault{text: text, at: stop.at - bracesOf(text), message: stop.what}
	}
	f := &fault{text: text, at: now - bracesOf(text), message: err.Error()}
	var exec template.ExecError
	found := execShape.FindStringSubmatch(err.Error())
	if errors.As(err, &exec) && found != nil {
		line, _ := strconv.Atoi(found[1])
		column, _ := strconv.Atoi(found[2])
		f.at, f.message = offset(source, line, column)-bracesOf(text), found[4]
		if !strings.Contains(f.message, found[3]) && !strings.HasPrefix(found[3], "{{"+atName) {
			f.message = found[3] + ": " + f.message
		}
	}
	var none *missing
	if errors.As(err, &none) {
		f.message, f.hint = none.Error(), hintFor(none.key, keys)
	} else if field := fieldShape.FindStringSubmatch(err.Error()); field != nil {
		f.message, f.hint = fmt.Sprintf("%q has no value", field[1]), hintFor(field[1], keys)
	}
	f.message = strings.ReplaceAll(f.message, " | "+keepName, "")
	return f
}

func hintFor(key string, keys []string) string {
	if key == KeyVersion {
		return "nothing runs there yet: give it with --set VERSION=…"
	}
	keys = slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k == key })
	if near := nearestName(key, keys); near != "" {
		return "did you mean " + near + "?"
	}
	return "give it with --set " + key + "=…, or declare it in the template's variables with a default"
}
