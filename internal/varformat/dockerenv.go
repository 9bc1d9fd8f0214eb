package varformat

import (
	"bytes"
	"strings"
	"unicode"
)

// writeDockerEnv writes KEY=value: docker run takes everything behind the =
// as it is, to the end of the line.
func writeDockerEnv(out *bytes.Buffer, variables []Variable, _ Options) error {
	for _, v := range variables {
		out.WriteString(v.Key + "=" + v.Value + "\n")
	}
	return nil
}

func notInDockerEnv(s string) string {
	if strings.ContainsAny(s, "\n\r\x00") {
		return "its value has a line break or a zero byte, and Docker's format has no quotes"
	}
	return notUTF8(s)
}

func readDockerEnv(src []byte) ([]Variable, error) {
	var out []Variable
	var wrong mistakes
	for i, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSuffix(line, "\r")
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			if !wrong.add(mistake(i+1, "there is no = on it: docker would take the value from where it runs, which is not known here")) {
				break
			}
			continue
		}
		out = append(out, Variable{key, Literal(value)})
	}
	return out, wrong.err(nil)
}
