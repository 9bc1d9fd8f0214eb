package varformat

import (
	"bytes"
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// writeShell writes for eval and source of every POSIX shell: in single
// quotes nothing is special, and a single quote stands outside of them.
func writeShell(out *bytes.Buffer, variables []Variable, _ Options) error {
	for _, v := range variables {
		out.WriteString("export " + v.Key + "='" + strings.ReplaceAll(v.Value, "'", `'\''`) + "'\n")
	}
	return nil
}

func notInShell(s string) string {
	if strings.Contains(s, "\x00") {
		return "its value has a zero byte, which no process can have in its environment"
	}
	if strings.Contains(s, carriageReturn) {
		return "its value has the character U+FDD0, which could not be read back"
	}
	return notUTF8(s)
}

// readShell reads assignments, exported or not, and runs nothing: a value may
// be text in any quotes and ${KEY}; whatever else a shell would compute is
// refused.
func readShell(src []byte) ([]Variable, error) {
	if bytes.Contains(src, []byte(carriageReturn)) {
		return nil, mistake(1+bytes.Count(src[:bytes.Index(src, []byte(carriageReturn))], []byte("\n")), "the character U+FDD0 stands there, which is no text")
	}
	src = bytes.ReplaceAll(src, []byte("\r"), []byte(carriageReturn))
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(src), "")
	if err != nil {
		return nil, mistake(shellLine(err), "it is not a shell's syntax")
	}
	var out []Variable
	var wrong mistakes
	for _, statement := range file.Stmts {
		assigns, ok := assignments(statement)
		if !ok && !wrong.add(mistake(int(statement.Pos().Line()), "it is a command: only KEY=value and export KEY=value are read, and nothing is run")) {
			break
		}
		if !ok {
			continue
		}
		for _, a := range assigns {
			v, err := shellVariable(src, a)
			if err == nil {
				out = append(out, v)
			} else if !wrong.add(err) {
				return nil, wrong.err(err)
			}
		}
	}
	return out, wrong.err(nil)
}

func shellVariable(src []byte, a *syntax.Assign) (Variable, error) {
	if a.Name == nil || a.Naked || a.Append || a.Index != nil || a.Array != nil {
		return Variable{}, mistake(int(a.Pos().Line()), "it is no plain KEY=value")
	}
	v, ok := shellValue(src, a.Value)
	if !ok {
		return Variable{}, mistake(int(a.Pos().Line()), "the value of %s is computed: only text and ${KEY} are read, and nothing is run", short(a.Name.Value))
	}
	return Variable{a.Name.Value, v}, nil
}

// carriageReturn stands for one while the parser reads, which would drop it
// before a line break, in quotes too. It is a character of no meaning, which
// Unicode keeps out of texts that are exchanged.
const carriageReturn = "\ufdd0"

func shellLine(err error) int {
	var parse syntax.ParseError
	if errors.As(err, &parse) {
		return int(parse.Pos.Line())
	}
	var lang syntax.LangError
	if errors.As(err, &lang) {
		return int(lang.Pos.Line())
	}
	return 1
}

func assignments(s *syntax.Stmt) ([]*syntax.Assign, bool) {
	if s.Negated || s.Background || s.Coprocess || s.Disown || len(s.Redirs) > 0 {
		return nil, false
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		return c.Assigns, len(c.Args) == 0
	case *syntax.DeclClause:
		return c.Args, c.Variant.Value == "export"
	}
	return nil, false
}

// shellValue is a word as the value of a variable; false where a shell would
// compute it.
func shellValue(src []byte, word *syntax.Word) (string, bool) {
	if word == nil {
		return "", true
	}
	t := shellText{src: src}
	ok := t.parts(word.Parts, false)
	t.flush()
	return t.out.String(), ok
}

type shellText struct {
	src     []byte
	literal strings.Builder
	out     strings.Builder
}

func (t *shellText) flush() {
	t.out.WriteString(Literal(strings.ReplaceAll(t.literal.String(), carriageReturn, "\r")))
	t.literal.Reset()
}

func (t *shellText) parts(parts []syntax.WordPart, quoted bool) bool {
	for i, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			if i == 0 && !quoted && strings.HasPrefix(p.Value, "~") {
				return false
			}
			text := p.Value
			if !quoted {
				text = strings.TrimSuffix(text, carriageReturn) // of a line that ends as on Windows
			}
			t.literal.WriteString(withoutBackslashes(text, quoted))
		case *syntax.SglQuoted:
			if p.Dollar {
				return false
			}
			t.literal.WriteString(p.Value)
		case *syntax.DblQuoted:
			if p.Dollar || !t.parts(p.Parts, true) {
				return false
			}
		case *syntax.ParamExp:
			if !t.reference(p) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// reference takes $KEY and ${KEY}. Behind a dollar sign a reference cannot be
// said: $${ is none.
func (t *shellText) reference(p *syntax.ParamExp) bool {
	if p.Param == nil || !portable.MatchString(p.Param.Value) || strings.HasSuffix(t.literal.String(), "$") {
		return false
	}
	key := p.Param.Value
	if said := string(t.src[p.Pos().Offset():p.End().Offset()]); said != "$"+key && said != "${"+key+"}" {
		return false
	}
	t.flush()
	t.out.WriteString("${" + key + "}")
	return true
}

// withoutBackslashes drops those that a shell drops.
func withoutBackslashes(s string, quoted bool) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if quoted && !strings.ContainsRune("\"\\$`\n", rune(s[i])) {
			b.WriteByte('\\')
		}
		if s[i] != '\n' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
