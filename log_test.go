package lockstep_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lockstep-dev/lockstep"
)

func TestPlainTextDoesNothingToATerminal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"hello\tworld":                     "hello\tworld",
		"größer – 日本":                      "größer – 日本",
		"\x1b[31;1mred\x1b[0m":             "red",
		"\x1b[2Jcleared":                   "␛[2Jcleared",
		"\x1b]0;title\x07":                 "␛]0;title␇",
		"50%\r100%":                        "50%␍100%",
		"windows\r":                        "windows",
		"nul \x00 bell \x07 del \x7f":      "nul ␀ bell ␇ del ␡",
		"c1 \u009b31m":                     "c1 \ufffd31m",
		"bad \xff\xfe utf8":                "bad \ufffd utf8",
		"user\u202etxt.exe":                "user\ufffdtxt.exe",
		"\x1b[" + strings.Repeat("1;", 50): "␛[" + strings.Repeat("1;", 50),
	} {
		if got := lockstep.PlainText([]byte(in)); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func FuzzPlainText(f *testing.F) {
	f.Add([]byte("a\x1b[1m\x1b\x1b[m\xff\u202e\r\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		got := lockstep.PlainText(line)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r != '\t' && unicode.IsControl(r) }) {
			t.Errorf("%q became %q", line, got)
		}
		if again := lockstep.PlainText([]byte(got)); again != got {
			t.Errorf("%q is plain, and became %q", got, again)
		}
	})
}

func FuzzLogCursor(f *testing.F) {
	f.Add("")
	f.Add("1763812105123456.10234.web-0123456789ab-0")
	f.Add("1.2")
	f.Add("-1.-2.x")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := lockstep.ParseLogCursor(text)
		if err != nil {
			if lockstep.CodeOf(err) != lockstep.CodeInvalid {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		again, err := lockstep.ParseLogCursor(c.String())
		if err != nil || again != c {
			t.Errorf("%q is %+v, and then %+v, %v", text, c, again, err)
		}
	})
}

func TestALogQueryIsChecked(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	earlier := now.Add(-time.Hour)
	for name, q := range map[string]lockstep.LogQuery{
		"both":     {Pattern: "a", Search: "b"},
		"long":     {Search: strings.Repeat("x", lockstep.MaxLogPattern+1)},
		"tail":     {Tail: -1},
		"backward": {Since: &now, Until: &earlier},
		"cursor":   {Cursor: "somewhere"},
	} {
		if err := q.Check(); lockstep.CodeOf(err) != lockstep.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (lockstep.LogQuery{Since: &earlier, Until: &now, Pattern: "x", Tail: 10}).Check(); err != nil {
		t.Error(err)
	}
}
