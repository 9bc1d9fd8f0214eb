package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// The bounds of what a job may leave for later ones.
const (
	maxResults     = 50
	maxResultName  = 64
	maxResultValue = 4 << 10
	maxResultsSize = 64 << 10 // of the file
)

var resultName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// readResults reads what a command wrote into $LOCKSTEP_RESULTS: KEY=VALUE
// lines, of which the last one of a key wins. Empty lines, and those that
// begin with #, are none.
func readResults(path string) (map[string]string, error) {
	// It was the command's to write: it may be anything by now.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, errors.New("the file is not there any more")
	}
	defer f.Close() //nolint:errcheck // it was only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("it is no file any more")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxResultsSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxResultsSize {
		return nil, fmt.Errorf("they are larger than %d bytes", maxResultsSize)
	}
	out, n := map[string]string{}, 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("line %d is not KEY=VALUE", n)
		}
		if err := checkResult(name, value); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out[name] = value
	}
	return some(out)
}

func some(results map[string]string) (map[string]string, error) {
	switch {
	case len(results) > maxResults:
		return nil, fmt.Errorf("%d are more than %d", len(results), maxResults)
	case len(results) == 0:
		return nil, nil
	}
	return results, nil
}

// checkResult does not repeat the value, which somebody may have put there by
// mistake.
func checkResult(name, value string) error {
	switch {
	case len(name) > maxResultName || !resultName.MatchString(name):
		return fmt.Errorf("the name %.64q: use capital letters, digits and underscores, at most %d", name, maxResultName)
	case len(value) > maxResultValue:
		return fmt.Errorf("the value of %s is longer than %d bytes", name, maxResultValue)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Errorf("the value of %s is no plain text of one line", name)
	}
	return nil
}

// answeredResults are those of an answer that is a JSON object with an object
// "results": texts, numbers and booleans. Any other answer has none.
func answeredResults(body []byte) (map[string]string, error) {
	var answer struct {
		Results map[string]json.RawMessage `json:"results"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil, nil //nolint:nilnil,nilerr // an answer for people is one, too
	}
	out := map[string]string{}
	for name, raw := range answer.Results {
		value := string(raw)
		switch value[0] {
		case '"':
			if err := json.Unmarshal(raw, &value); err != nil {
				return nil, err
			}
		case '{', '[', 'n':
			return nil, fmt.Errorf("the value of %.64q is no text, number or boolean", name)
		}
		if err := checkResult(name, value); err != nil {
			return nil, err
		}
		out[name] = value
	}
	return some(out)
}
