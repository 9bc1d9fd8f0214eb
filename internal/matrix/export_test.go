package matrix

import (
	"errors"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Told is what an error tells people, for golden files: its message, then
// each problem after an empty line.
func Told(err error) string {
	var b strings.Builder
	var coded *lockstep.Error
	if !errors.As(err, &coded) {
		return err.Error() + "\n"
	}
	b.WriteString(coded.Message + "\n")
	for _, p := range coded.Problems {
		b.WriteString("\n" + p.Text(nil) + "\n")
	}
	return b.String()
}
