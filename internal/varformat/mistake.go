package varformat

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"

	"github.com/lockstep-dev/lockstep"
)

// mistake is where a file cannot be read. It never holds a value.
func mistake(line int, format string, args ...any) error {
	return &lockstep.Error{
		Code: lockstep.CodeInvalid, Message: fmt.Sprintf("line %d: %s", line, fmt.Sprintf(format, args...)),
		Problems: []lockstep.Problem{{Line: line, Message: fmt.Sprintf(format, args...)}},
	}
}

// mistakes are all that are found in a file, where one does not keep the
// reader from going on.
type mistakes []lockstep.Problem

// add keeps err where it is a mistake, and says whether the reader may go on.
func (m *mistakes) add(err error) bool {
	var e *lockstep.Error
	if !errors.As(err, &e) || len(*m) >= maxMistakes {
		return false
	}
	*m = append(*m, e.Problems...)
	return true
}

// maxMistakes is how many are told; a file with more is no file of that format.
const maxMistakes = 100

// err is all of them, and last where it ended the reading.
func (m mistakes) err(last error) error {
	if last != nil && !m.add(last) {
		return last
	}
	switch len(m) {
	case 0:
		return nil
	case 1:
		return mistake(m[0].Line, "%s", m[0].Message)
	}
	return &lockstep.Error{Code: lockstep.CodeInvalid, Message: fmt.Sprintf("%d places cannot be read", len(m)), Problems: m}
}

// once is an error without its one problem, which its message says already.
func once(err error) error {
	var e *lockstep.Error
	if errors.As(err, &e) && len(e.Problems) == 1 && e.Problems[0].Field == "" {
		return lockstep.Errorf(e.Code, "%s", e.Message)
	}
	return err
}

// Line is where a key stands in a file that was read, from 1; 0 where it is
// not found. It looks for the text of an assignment, so that a value with such
// a text in it may mislead it: it is for messages.
func Line(src []byte, key string) int {
	at := regexp.MustCompile(`(?m)(?:^|[\s{,])["']?` + regexp.QuoteMeta(key) + `["']?\s*[=:]`).FindIndex(src)
	if at == nil {
		return 0
	}
	return 1 + bytes.Count(src[:at[0]+bytes.IndexByte(src[at[0]:at[1]], key[0])], []byte("\n"))
}
