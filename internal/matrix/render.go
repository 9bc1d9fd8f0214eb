package matrix

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// longestValue is how much of a value a plan prints.
const longestValue = 80

// Render prints the plan for people: + is made, ~ is changed, - is deleted,
// and what does not take effect at once says when it will.
func (p Plan) Render(w io.Writer) {
	if p.Empty() {
		fmt.Fprintln(w, "No changes: what is recorded matches the file.")
		return
	}
	var b strings.Builder
	for _, c := range p.Changes {
		fmt.Fprintf(&b, "  %s %s %s\n", sign(c.Action), c.Kind, c.Name)
		for _, f := range c.Fields {
			writeField(&b, c.Action, f)
		}
	}
	fmt.Fprintf(&b, "\nPlan: %d to create, %d to change, %d to delete.\n", p.Count(Create), p.Count(Modify), p.Count(Delete))
	fmt.Fprint(w, b.String())
}

func sign(a Action) string {
	switch a {
	case Create:
		return "+"
	case Delete:
		return "-"
	default:
		return "~"
	}
}

func writeField(b *strings.Builder, action Action, f Field) {
	mark, what := "~", shortValue(f.From)+" → "+shortValue(f.To)
	switch {
	case f.From == nil:
		mark, what = "+", shortValue(f.To)
	case f.To == nil:
		mark, what = "-", shortValue(f.From)
	}
	fmt.Fprintf(b, "      %s %s: %s", mark, f.Path, what)
	if f.Ships != ShipsNow && action == Modify {
		fmt.Fprintf(b, "  (%s)", f.Ships)
	}
	b.WriteByte('\n')
}

func shortValue(v any) string {
	s := flowText(v)
	if utf8.RuneCountInString(s) <= longestValue {
		return s
	}
	return string([]rune(s)[:longestValue-1]) + "…"
}
