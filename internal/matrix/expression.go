package matrix

import (
	"errors"
	"strings"

	"github.com/lockstep-dev/lockstep/internal/expression"
)

// mistaken reports what is wrong with an expression, where it is wrong. The
// hint is for what no name explains.
func (v value) mistaken(err error, hint string) {
	var m *expression.Mistake
	if !errors.As(err, &m) {
		return
	}
	if m.Missing != "" {
		hint = v.d.names.didYouMeanOr(m.Missing, m.Known)
	}
	v.d.report(place{v.field, v.within(m.At)}, hint, "%s", m.Message)
}

// within is where a byte of a text stands in the file; the text's own place
// where it is written otherwise than it reads (escapes, folded lines).
func (v value) within(offset int) int {
	written := v.d.src.text[v.n.start:min(v.n.end, len(v.d.src.text))]
	begin := strings.Index(written, v.n.text)
	if v.n.alias || begin < 0 {
		return v.n.start
	}
	return v.n.start + begin + offset
}
