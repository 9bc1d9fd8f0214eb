package matrix

import (
	"bytes"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// source is the text of a file as the rest of the package sees it: UTF-8
// without a byte order mark, lines ended by \n. Offsets count its bytes.
type source struct {
	text    string
	lines   []int // offset at which each line starts
	bom     int   // bytes that the raw file has in front of text
	dropped []int // offsets in text at which the raw file has a \r more
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// newSource reads raw bytes. A fault that makes reading on pointless comes
// back as its offset and message.
func newSource(raw []byte) (src *source, at int, fault string) {
	src = &source{}
	if bytes.HasPrefix(raw, byteOrderMark) {
		src.bom = len(byteOrderMark)
		raw = raw[src.bom:]
	}
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		src.index()
		return src, 0, "the file is UTF-16: save it as UTF-8"
	}
	var text strings.Builder
	text.Grow(len(raw))
	for i, c := range raw {
		if c == '\r' {
			if i+1 < len(raw) && raw[i+1] == '\n' {
				src.dropped = append(src.dropped, text.Len())
				continue
			}
			c = '\n'
		}
		text.WriteByte(c)
	}
	src.text = text.String()
	src.index()
	if at := invalidUTF8(src.text); at >= 0 {
		return src, at, "the file is not UTF-8 from here on: save it as UTF-8"
	}
	if at := strings.IndexByte(src.text, 0); at >= 0 {
		return src, at, "the file holds a NUL byte: is it a text file?"
	}
	return src, 0, ""
}

func invalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

func (s *source) index() {
	s.lines = []int{0}
	for i := range len(s.text) {
		if s.text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
}

// position is the line and column of an offset: both from 1, the column in
// characters.
func (s *source) position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(s.text))
	line = s.lineOf(offset)
	return line, utf8.RuneCountInString(s.text[s.lines[line-1]:offset]) + 1
}

func (s *source) lineOf(offset int) int {
	return sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > offset })
}

// line is the text of a line, from 1, without its end.
func (s *source) line(n int) string {
	end := len(s.text)
	if n < len(s.lines) {
		end = s.lines[n] - 1
	}
	return s.text[s.lines[n-1]:end]
}

// raw is the offset in the file's own bytes.
func (s *source) raw(offset int) int {
	return s.bom + offset + sort.SearchInts(s.dropped, offset)
}

// excerptWidth is how much of a long line an excerpt shows.
const excerptWidth = 100

// excerpt is the line of an offset with a caret under it, as compilers print
// it. Where hide says so, everything after the line's first colon is left out.
func (s *source) excerpt(offset int, hide bool) string {
	offset = min(max(offset, 0), len(s.text))
	n := s.lineOf(offset)
	line := s.line(n)
	before, after := line[:offset-s.lines[n-1]], line[offset-s.lines[n-1]:]
	if hide {
		if colon := strings.IndexByte(line, ':'); colon >= 0 {
			before, after = line[:colon+1]+" ", "…"
		}
	}
	before, cut := lastRunes(before, excerptWidth)
	if cut {
		before, _ = lastRunes(before, excerptWidth/2)
		before = "…" + before
	}
	after, cut = firstRunes(after, excerptWidth-utf8.RuneCountInString(before))
	if cut {
		after += "…"
	}
	return strings.TrimRight(printable(before+after), " \t") + "\n" + blanks(before) + "^"
}

// lastRunes is the end of s, at most so many characters.
func lastRunes(s string, most int) (end string, cut bool) {
	at := len(s)
	for range most {
		if at == 0 {
			return s, false
		}
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return s[at:], at > 0
}

// firstRunes is the start of s, at most so many characters.
func firstRunes(s string, most int) (start string, cut bool) {
	n := 0
	for at := range s {
		if n == most {
			return s[:at], true
		}
		n++
	}
	return s, false
}

// printable keeps what could steer a terminal out of an excerpt.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !unicode.IsPrint(r) {
			return '�'
		}
		return r
	}, s)
}

// blanks is as wide as s.
func blanks(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, s)
}
