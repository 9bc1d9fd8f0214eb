package matrix

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/token"

	"github.com/lockstep-dev/lockstep"
)

// What may stand without quotes is narrow on purpose: every YAML reader, also
// an older one, must take it for the text that it is.
var (
	plainText = regexp.MustCompile(`^(--?[A-Za-z]|[A-Za-z0-9_./])[A-Za-z0-9_./@%+=~-]*( [A-Za-z0-9_./@%+=~-]+)*$`)
	plainURL  = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:[A-Za-z0-9_./@%+=~:-]*[A-Za-z0-9_./@%+=~-]$`)
	dateLike  = regexp.MustCompile(`^[0-9]{4}-[0-9]`)
	wordLike  = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n|[-+]?\.inf|\.nan)$`)
)

// scalarText writes a text, number, boolean, duration or nil as YAML. In
// brackets a text with a comma needs quotes; it gets them everywhere.
func scalarText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		if needsQuotes(v) {
			return quoted(v)
		}
		return v
	case bool:
		return strconv.FormatBool(v)
	case lockstep.Duration:
		return durationText(v.Std())
	case time.Duration:
		return durationText(v)
	case float64:
		return floatText(v)
	default:
		return fmt.Sprint(v) // whole numbers
	}
}

// floatText writes whole numbers without a fraction, as JSON does: a number
// that went through JSON does not remember how it was written.
func floatText(f float64) string {
	if math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0" // YAML readers want it
	}
	return mantissa + "e" + exponent
}

func needsQuotes(s string) bool {
	if !plainText.MatchString(s) && !plainURL.MatchString(s) {
		return true
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return true
	}
	return token.ToNumber(s) != nil || dateLike.MatchString(s) || wordLike.MatchString(s) || strings.HasPrefix(s, "...")
}

func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "�") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
