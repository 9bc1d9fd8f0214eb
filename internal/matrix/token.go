package matrix

import (
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// tok is one of the scanner's tokens with its exact place in the text. The
// scanner's own positions are off in places (after block text, before spaces
// at the end), which is good enough for messages and not for editing.
type tok struct {
	kind       token.Type
	text       string // the value: unquoted, folded
	start, end int    // offsets
	line, col  int    // of start; both from 1, the column in bytes
	lastLine   int    // the line of the last byte
}

// scan cuts the text into tokens, without comments. Where the scanner meets
// something that is no YAML, its faults come back.
func scan(src *source) (toks []tok, exact bool, faults []*fault) {
	if at := tooManyEmptyLines(src); at >= 0 {
		return nil, false, []*fault{{at: at, message: "more than 100 empty lines in a row", suggestion: "remove some", fatal: true}}
	}
	c := cursor{src: src, exact: true}
	var block bool // the token before this one announced block text
	for _, t := range lexer.Tokenize(src.text) {
		switch {
		case t.Type == token.CommentType:
			continue
		case t.Type == token.InvalidType || t.Error != "":
			return nil, false, []*fault{scannerFault(src, t)}
		case block:
			c.blockText(t)
		default:
			c.place(t)
		}
		block = t.Type == token.LiteralType || t.Type == token.FoldedType
	}
	return c.toks, c.exact, nil
}

func tooManyEmptyLines(src *source) int {
	run := 0
	for n := 1; n <= len(src.lines); n++ {
		if strings.TrimSpace(src.line(n)) != "" {
			run = 0
		} else if run++; run > maxEmptyLines {
			return src.lines[n-1]
		}
	}
	return -1
}

// cursor walks over the text beside the scanner's tokens and finds each one
// where it must be: after the one before, blanks and comments.
type cursor struct {
	src   *source
	at    int
	line  int // index of the line that at is in
	exact bool
	toks  []tok
}

func (c *cursor) place(t *token.Token) {
	text := c.src.text
	start := skipBlank(text, c.at)
	end, ok := match(text, start, t)
	if !ok {
		c.exact = false
		start = max(c.at, offsetOf(c.src, t.Position))
		end = min(start+len(t.Value), len(text))
	}
	c.add(t, start, end)
}

// blockText places what follows a | or >. Its source is as many lines as the
// scanner says it took.
func (c *cursor) blockText(t *token.Token) {
	text := c.src.text
	start := c.at
	if nl := strings.IndexByte(text[c.at:], '\n'); nl >= 0 {
		start += nl + 1
	} else {
		start = len(text)
	}
	lines := strings.Count(t.Origin, "\n")
	if rest := t.Origin[strings.LastIndexByte(t.Origin, '\n')+1:]; strings.TrimSpace(rest) != "" {
		lines++
	}
	end := start
	for range lines {
		nl := strings.IndexByte(text[end:], '\n')
		if nl < 0 {
			end = len(text)
			break
		}
		end += nl + 1
	}
	if strings.TrimSpace(t.Origin) != strings.TrimSpace(text[start:end]) {
		c.exact = false
	}
	c.add(t, start, start+len(strings.TrimRight(text[start:end], " \n")))
	c.at = end
}

func (c *cursor) add(t *token.Token, start, end int) {
	for c.line+1 < len(c.src.lines) && c.src.lines[c.line+1] <= start {
		c.line++
	}
	out := tok{kind: t.Type, text: t.Value, start: start, end: end, line: c.line + 1, col: start - c.src.lines[c.line] + 1}
	out.lastLine = out.line
	if end > start {
		out.lastLine += strings.Count(c.src.text[start:end], "\n")
	}
	c.toks = append(c.toks, out)
	c.at = max(end, start)
}

func skipBlank(text string, at int) int {
	for at < len(text) {
		switch text[at] {
		case ' ', '\t', '\n':
			at++
		case '#':
			if at > 0 && text[at-1] != ' ' && text[at-1] != '\t' && text[at-1] != '\n' {
				return at
			}
			nl := strings.IndexByte(text[at:], '\n')
			if nl < 0 {
				return len(text)
			}
			at += nl
		default:
			return at
		}
	}
	return at
}

// match says where the token that starts at start ends.
func match(text string, start int, t *token.Token) (end int, ok bool) {
	rest := text[start:]
	switch t.Type {
	case token.SingleQuoteType:
		return quoteEnd(rest, '\'', start)
	case token.DoubleQuoteType:
		return quoteEnd(rest, '"', start)
	default:
		n, ok := matchFolded(rest, t.Value)
		return start + n, ok
	}
}

func quoteEnd(rest string, quote byte, start int) (int, bool) {
	if rest == "" || rest[0] != quote {
		return 0, false
	}
	for i := 1; i < len(rest); i++ {
		switch {
		case quote == '"' && rest[i] == '\\':
			i++
		case rest[i] == quote && quote == '\'' && i+1 < len(rest) && rest[i+1] == quote:
			i++
		case rest[i] == quote:
			return start + i + 1, true
		}
	}
	return 0, false
}

// matchFolded matches a value with text in which its blanks may be any
// blanks, line ends among them.
func matchFolded(rest, value string) (n int, ok bool) {
	for i := 0; i < len(value); {
		if isBlank(value[i]) {
			for i < len(value) && isBlank(value[i]) {
				i++
			}
			before := n
			for n < len(rest) && isBlank(rest[n]) {
				n++
			}
			if n == before {
				return 0, false
			}
			continue
		}
		if n >= len(rest) || rest[n] != value[i] {
			return 0, false
		}
		i++
		n++
	}
	return n, true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// offsetOf turns a position of the scanner into an offset.
func offsetOf(src *source, p *token.Position) int {
	line := min(max(p.Line, 1), len(src.lines))
	at := src.lines[line-1]
	column := 1
	for i := range src.line(line) {
		if column >= p.Column {
			return at + i
		}
		column++
	}
	return at + len(src.line(line))
}
