package lockstep

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The most that an environment's tags may be.
const (
	maxTags     = 64
	maxTagValue = 128
)

var tagKey = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$`)

// Retag changes tags, each "key=value" and of each key one: those of set are
// there afterwards, those whose keys remove names are not. The result is in
// order.
func Retag(tags []string, set map[string]string, remove []string) ([]string, error) {
	var out []string
	for _, tag := range tags {
		key, _, _ := strings.Cut(tag, "=")
		if _, again := set[key]; !again && !slices.Contains(remove, key) {
			out = append(out, tag)
		}
	}
	for key, value := range set {
		if !tagKey.MatchString(key) {
			return nil, Invalid("tags", "tag %q: a key has at most 63 lower-case letters, digits, dots, hyphens and underscores, and begins and ends with a letter or digit", key)
		}
		if len(value) > maxTagValue || strings.ContainsFunc(value, unicode.IsControl) {
			return nil, Invalid("tags", "tag %s: a value has at most %d bytes on one line", key, maxTagValue)
		}
		out = append(out, key+"="+value)
	}
	if len(out) > maxTags {
		return nil, Invalid("tags", "%d tags are more than %d", len(out), maxTags)
	}
	slices.Sort(out)
	return out, nil
}
