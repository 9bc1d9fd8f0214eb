package varformat

import (
	"bytes"
	"strings"
)

// writeDotenv quotes each value so that the three readers agree. In single
// quotes nothing is special to any of them, but for a backslash before the
// closing one. In double quotes each has its own specials: what has none of
// them may stand there.
func writeDotenv(out *bytes.Buffer, variables []Variable, _ Options) error {
	for _, v := range variables {
		quote := "'"
		if !inSingleQuotes(v.Value) {
			quote = `"`
		}
		out.WriteString(v.Key + "=" + quote + v.Value + quote + "\n")
	}
	return nil
}

func inSingleQuotes(s string) bool {
	return !strings.Contains(s, "'") && !strings.HasSuffix(s, `\`)
}

func notInDotenv(s string) string {
	switch {
	case notUTF8(s) != "":
		return notUTF8(s)
	case strings.ContainsAny(s, "\r\x00"):
		return "its value has a carriage return or a zero byte, which Node's dotenv or bash would change"
	case !inSingleQuotes(s) && strings.ContainsAny(s, "\"\\$`"):
		return "its value has a single quote or ends with a backslash, and has one of \" \\ $ ` too: Docker Compose, bash and Node's dotenv would read it differently"
	}
	return ""
}

// readDotenv reads KEY=value lines: raw in single quotes, with \n \r \t \" \\
// \$ \` in double quotes, else up to the end of the line or " #". It stands
// between the dialects: where one of them would expand $KEY or run `command`,
// the text stays as it is, and ${KEY} is a reference outside single quotes.
func readDotenv(src []byte) ([]Variable, error) {
	r := &dotenvReader{rest: strings.ReplaceAll(string(src), "\r\n", "\n"), line: 1}
	var out []Variable
	var wrong mistakes
	for r.next() {
		before := r.line
		v, err := r.assignment()
		if err != nil {
			if !wrong.add(err) || r.unclosed {
				break
			}
			r.skip(before)
			continue
		}
		out = append(out, v)
	}
	return out, wrong.err(nil)
}

type dotenvReader struct {
	rest     string
	line     int
	unclosed bool // a value without an end: what follows is no line of its own
}

// skip goes on behind a line that could not be read, where the reader stands
// on it still.
func (r *dotenvReader) skip(began int) {
	if r.line > began {
		return
	}
	_, r.rest, _ = strings.Cut(r.rest, "\n")
	r.line++
}

// next goes to the next line with something on it.
func (r *dotenvReader) next() bool {
	for r.rest != "" {
		line, after, _ := strings.Cut(r.rest, "\n")
		if text := strings.TrimSpace(line); text != "" && text[0] != '#' {
			return true
		}
		r.rest = after
		r.line++
	}
	return false
}

func (r *dotenvReader) assignment() (Variable, error) {
	line, _, _ := strings.Cut(r.rest, "\n")
	name, _, ok := strings.Cut(line, "=")
	if !ok {
		return Variable{}, mistake(r.line, "there is no = on it: write KEY=value, and # before a comment")
	}
	key := strings.TrimSpace(name)
	if after, ok := strings.CutPrefix(key, "export"); ok && strings.TrimLeft(after, " \t") != after {
		key = strings.TrimSpace(after)
	}
	if !portable.MatchString(key) {
		return Variable{}, mistake(r.line, "the name before the = is not portable: use letters, digits and underscores, not beginning with a digit")
	}
	r.rest = strings.TrimLeft(r.rest[len(name)+1:], " \t")
	v := Variable{Key: key}
	if r.rest == "" {
		return v, nil
	}
	var err error
	switch r.rest[0] {
	case '\'':
		v.Value, err = r.quoted(key, "'")
		v.Value = Literal(v.Value)
	case '"':
		v.Value, err = r.quoted(key, `"`)
	default:
		v.Value = r.bare()
	}
	return v, err
}

// bare is a value without quotes.
func (r *dotenvReader) bare() string {
	line, after, _ := strings.Cut(r.rest, "\n")
	r.rest = after
	r.line++
	if strings.HasPrefix(line, "#") {
		return ""
	}
	for _, comment := range []string{" #", "\t#"} {
		line, _, _ = strings.Cut(line, comment)
	}
	return strings.TrimSpace(line)
}

var dotenvEscapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", '"': `"`, '\\': `\`, '$': "$", '`': "`"}

// quoted is a value in quotes, which may have line breaks in it, and the end
// of its last line, on which only a comment may follow.
func (r *dotenvReader) quoted(key, quote string) (string, error) {
	began := r.line
	var b strings.Builder
	for i := 1; i < len(r.rest); i++ {
		c := r.rest[i]
		switch {
		case c == quote[0]:
			return b.String(), r.endOfLine(key, r.rest[i+1:])
		case c == '\\' && quote == `"` && i+1 < len(r.rest):
			i++
			text, ok := dotenvEscapes[r.rest[i]]
			switch {
			case !ok:
				text = r.rest[i-1 : i+1]
			case r.rest[i] == '$' && strings.HasPrefix(r.rest[i+1:], "{"):
				text = "$$" // a dollar sign that shall stay one
			}
			b.WriteString(text)
			if r.rest[i] == '\n' {
				r.line++
			}
		default:
			if c == '\n' {
				r.line++
			}
			b.WriteByte(c)
		}
	}
	r.unclosed = true
	return "", mistake(began, "the value of %s has no closing %s", key, quote)
}

func (r *dotenvReader) endOfLine(key, after string) error {
	line, rest, _ := strings.Cut(after, "\n")
	r.rest = rest
	r.line++
	if text := strings.TrimSpace(line); text != "" && text[0] != '#' {
		return mistake(r.line-1, "something stands behind the closing quote of %s", key)
	}
	return nil
}
