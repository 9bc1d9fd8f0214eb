package lockstep

import (
	"strings"
	"unicode/utf8"
)

// PlainText is a line of an app's output as text that does nothing to a
// terminal and hides nothing from a reader: sequences that only colour are
// dropped, every other control character and whatever turns the direction of
// writing shows as a symbol, and each stretch that is no UTF-8 as one
// U+FFFD. Tabs stay.
func PlainText(line []byte) string {
	if isPlain(line) {
		return string(line)
	}
	var b strings.Builder
	b.Grow(len(line) + 16)
	broken := false
	for len(line) > 0 {
		if n := colouring(line); n > 0 {
			line = line[n:]
			continue
		}
		r, size := utf8.DecodeRune(line)
		line = line[size:]
		if r == utf8.RuneError && size == 1 {
			if !broken {
				b.WriteRune(r)
			}
			broken = true
			continue
		}
		broken = false
		switch {
		case r == '\t':
			b.WriteByte('\t')
		case r == '\r' && len(line) == 0: // of a line that ends as on Windows
		case r < 0x20:
			b.WriteRune(0x2400 + r) // ␀ to ␟
		case r == 0x7f:
			b.WriteRune('␡')
		case r >= 0x80 && r < 0xa0, turns(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isPlain says that a line is printable ASCII, as most are.
func isPlain(line []byte) bool {
	for _, c := range line {
		if (c < 0x20 && c != '\t') || c >= 0x7f {
			return false
		}
	}
	return true
}

// turns says that a rune changes the order in which others are shown, or
// breaks the line.
func turns(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x2028 || r == 0x2029
}

// colouring is the length of an SGR sequence at the beginning (ESC [ digits ; m).
func colouring(b []byte) int {
	if len(b) < 3 || b[0] != 0x1b || b[1] != '[' {
		return 0
	}
	for n := 2; n < len(b) && n < 32; n++ {
		switch c := b[n]; {
		case c == 'm':
			return n + 1
		case (c < '0' || c > '9') && c != ';' && c != ':':
			return 0
		}
	}
	return 0
}
