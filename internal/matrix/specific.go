package matrix

// maxSpecific bounds what each path of a comparison is held to.
const maxSpecific = 100

// maxPathPattern is the longest pattern of paths, in bytes.
const maxPathPattern = 300

// pathPattern is a pattern of paths of a configuration: variables.backend.*_URL.
func (v value) pathPattern() (string, bool) {
	s, ok := v.filled()
	if !ok {
		return "", false
	}
	if len(s) > maxPathPattern {
		v.wrong("", "is longer than %d bytes", maxPathPattern)
		return "", false
	}
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '_', c == '.', c == '*', c == '-', c == '/', c == ':':
		default:
			v.wrong("write a path of the configuration, with * for any text: variables.backend.LOG_LEVEL, *_URL", "is no pattern of paths")
			return "", false
		}
	}
	return s, true
}
