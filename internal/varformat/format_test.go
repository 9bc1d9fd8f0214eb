package varformat_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/varformat"
)

// values are those that break what is quoted by guess.
var values = []string{
	"", " ", "plain", "two words", " leads", "trails ", "a=b", "#no comment", "a #b", "a# b",
	"it's", `say "hi"`, `it's "both"`, "`id`", "$HOME", "${HOME}", "$${HOME}", "$$", "a$", "$(id)", `\`, `\\`, `\n`, `a\`, `C:\dir\`, `\'`, `\"`, `\$x`,
	"line\nbreak", "\n", "ends\n", "\nbegins", "two\n\nbreaks", "a'\nb", "\"\n\"", "'\n'", "K=1\nL=2", "a\r\nb", "\r", "tab\there",
	"ünïcode", "日本語", "🦊", "e\u0301", "a\u2028b", "\u0085", "\ufeffbom", "\x7f", "\x01", "{}", `{"a":[1,2]}`, "[x]", "*", "&a", "!t", "~", "null", "yes", "007", "1e3", "-", "---", "? x", "%{if}", "${", "{{x}}", "!", "!!", "a!b",
	"postgres://app:p%40ss@host:5432/db?sslmode=disable", "-----BEGIN KEY-----\nMIIB'\"\n-----END KEY-----\n",
}

// TestRoundTrips writes and reads every value in every format: what can be
// written comes back as it was, and what cannot is refused by its key.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	for _, f := range varformat.Formats() {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			written := 0
			for _, v := range values {
				if roundTrip(t, f, v) {
					written++
				}
			}
			if written < len(values)*2/3 {
				t.Errorf("only %d of %d values can be written", written, len(values))
			}
		})
	}
}

// roundTrip says whether the value could be written.
func roundTrip(t *testing.T, f varformat.Format, value string) bool {
	t.Helper()
	given := []varformat.Variable{{Key: "A", Value: "before"}, {Key: "KEY_1", Value: value}, {Key: "Z", Value: "it's after"}}
	var out bytes.Buffer
	err := varformat.Write(&out, f, given, varformat.Options{Name: "app"})
	if err != nil {
		if lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(problems(err), "KEY_1") {
			t.Errorf("%q is refused without its key: %v", value, err)
		}
		if out.Len() > 0 {
			t.Errorf("%q is refused, and %q was written", value, out.String())
		}
		if len(value) > 8 && strings.Contains(problems(err)+err.Error(), value) {
			t.Errorf("the error shows the value: %v", err)
		}
		return false
	}
	read, err := varformat.Read(f, out.Bytes())
	if err != nil {
		t.Errorf("%q cannot be read back: %v\n%s", value, err, out.String())
		return true
	}
	for i := range given {
		given[i].Value = varformat.Literal(given[i].Value)
	}
	if !slices.Equal(read, given) {
		t.Errorf("%q comes back as %q\n%s", given, read, out.String())
	}
	return true
}

func problems(err error) string {
	var b strings.Builder
	if e, ok := err.(*lockstep.Error); ok { //nolint:errorlint // as it is returned
		for _, p := range e.Problems {
			b.WriteString(p.Field + ": " + p.Message + "\n")
		}
	}
	return b.String()
}

func FuzzRoundTrip(f *testing.F) {
	for _, v := range values {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, format := range varformat.Formats() {
			roundTrip(t, format, value)
		}
	})
}

// FuzzRead holds every reader to its word: no panic, and what is read can be
// said again.
func FuzzRead(f *testing.F) {
	for _, src := range []string{
		"A=1\nexport B='two'\n# c\nC=\"x\\ny\" # d\n", `{"A":"1","B":2,"C":{"d":[]}}`, "A: 1\nB: 'two'\nC: |\n  x\n", "export A='1' B=\"$C\"\nD=${E}\n",
		"a = 1\nb = \"x${\"y\"}\"\n", "kind: ConfigMap\ndata:\n  A: b\nbinaryData:\n  C: ZA==\n", "kind: Secret\ndata:\n  A: Yg==\nstringData:\n  A: c\n",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, format := range varformat.Formats() {
			read, err := varformat.Read(format, []byte(src))
			if err != nil {
				if lockstep.CodeOf(err) != lockstep.CodeInvalid {
					t.Fatalf("%s: %v has no code", format, err)
				}
				continue
			}
			var out bytes.Buffer
			if err := varformat.Write(&out, varformat.Secret, read, varformat.Options{Name: "x"}); err != nil {
				t.Fatalf("%s: what was read cannot be written: %v", format, err)
			}
			if !utf8.Valid(out.Bytes()) {
				t.Fatalf("%s: %q is no text", format, out.String())
			}
		}
	})
}

// TestReading is what people write by hand, and what becomes of it.
func TestReading(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		format    varformat.Format
		src, want string // want: KEY=value lines, or a part of the error
	}{
		"dotenv": {
			varformat.Dotenv, "\n# top\n A = plain text # note\nexport B='raw $X ${Y} \\n'\nC=\"a\\tb ${Y} \\${Z} $5\"\nD=\nE=# note\nF='two\nlines' # note\n",
			"A=plain text\nB=raw $X $${Y} \\n\nC=a\tb ${Y} $${Z} $5\nD=\nE=\nF=two\nlines\n",
		},
		"dotenv of Windows":            {varformat.Dotenv, "A=1\r\nB='2'\r\n", "A=1\nB=2\n"},
		"dotenv without an end":        {varformat.Dotenv, "A=1\nB='s3cret\n", "line 2: the value of B has no closing '"},
		"dotenv without an equals":     {varformat.Dotenv, "A=1\ns3cret\n", "line 2: there is no = on it"},
		"dotenv behind a quote":        {varformat.Dotenv, "A='1' 2\n", "line 1: something stands behind"},
		"dotenv twice":                 {varformat.Dotenv, "A=1\nA=2\n", "A: it is there twice"},
		"dotenv with a dash":           {varformat.Dotenv, "MY-KEY=1\n", "line 1: the name before the = is not portable"},
		"shell":                        {varformat.Shell, "A=1; export B=two\\ words C='it'\\''s'\nexport D=\"$A and ${B}\" E=$'{'\n", "line 2: the value of E is computed"},
		"shell with references":        {varformat.Shell, "export D=\"$A and ${B} \\${C}\" E='$''{F}'\n", "D=${A} and ${B} $${C}\nE=$${F}\n"},
		"shell that runs":              {varformat.Shell, "A=1\nrm -rf /\n", "line 2: it is a command"},
		"shell that computes":          {varformat.Shell, "A=$(cat /etc/passwd)\n", "the value of A is computed"},
		"shell with defaults":          {varformat.Shell, "A=${B:-c}\n", "the value of A is computed"},
		"shell with a home":            {varformat.Shell, "A=~/x\n", "the value of A is computed"},
		"shell unclosed":               {varformat.Shell, "A='1\n", "line 1: it is not a shell's syntax"},
		"json":                         {varformat.JSON, `{"A": "x", "B": 10.50, "C": true, "D": {"e": [1, 2]}, "E": "${A} b"}`, "A=x\nB=10.50\nC=true\nD={\"e\":[1,2]}\nE=$${A} b\n"},
		"json null":                    {varformat.JSON, `{"A": null}`, "the value of A is null"},
		"json list":                    {varformat.JSON, `["A"]`, "it does not begin with an object"},
		"json twice":                   {varformat.JSON, `{"A": "1", "A": "2"}`, "A: it is there twice"},
		"json and more":                {varformat.JSON, "{}\n{}", "line 2: something stands behind the object"},
		"yaml":                         {varformat.YAML, "A: plain\nB: 007\nC: yes\nD: |\n  two\n  lines\nE: 'q'\nF: true\n", "A=plain\nB=007\nC=yes\nD=two\nlines\n\nE=q\nF=true\n"},
		"yaml nested":                  {varformat.YAML, "A:\n  B: 1\n", "line 2: the value of A is no text"},
		"yaml two documents":           {varformat.YAML, "A: 1\n---\nB: 2\n", "it has more than one document"},
		"tfvars":                       {varformat.TFVars, "region = \"eu\"\ncount = 3\non = true\nlist = [\"a\", 1]\nraw = \"$${x}\"\n", "region=eu\ncount=3\non=true\nlist=[\"a\",1]\nraw=$${x}\n"},
		"tfvars with a reference":      {varformat.TFVars, "a = var.b\n", "line 1: the value of a is no literal"},
		"tfvars with a block":          {varformat.TFVars, "a \"b\" {}\n", "line 1: it is a block"},
		"configmap":                    {varformat.ConfigMap, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  A: b\nbinaryData:\n  C: ZA==\n", "A=b\nC=d\n"},
		"secret with both":             {varformat.Secret, "kind: Secret\ndata:\n  A: b2xk\n  B: Yg==\nstringData:\n  A: new\n", "A=new\nB=b\n"},
		"secret that is a configmap":   {varformat.Secret, "kind: ConfigMap\ndata:\n  A: b\n", `it is no Kubernetes Secret: its kind is "ConfigMap"`},
		"secret that is no base64":     {varformat.Secret, "kind: Secret\ndata:\n  A: s3cret!\n", "line 3: the value of A is not base64"},
		"docker-env":                   {varformat.DockerEnv, "# c\n  A=b c \nD=\"e\"\n", "A=b c \nD=\"e\"\n"},
		"docker-env without a value":   {varformat.DockerEnv, "HOME\n", "line 1: there is no = on it"},
		"a format that does not exist": {"ini", "", "there is no format"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, err := varformat.Read(c.format, []byte(c.src))
			var got strings.Builder
			for _, v := range read {
				got.WriteString(v.Key + "=" + v.Value + "\n")
			}
			if err != nil {
				if got.WriteString(err.Error() + "\n" + problems(err)); strings.Contains(got.String(), "s3cret") {
					t.Errorf("the error shows a value: %s", got.String())
				}
			}
			if err == nil && got.String() != c.want || err != nil && !strings.Contains(got.String(), c.want) {
				t.Errorf("got\n%s\nwant\n%s", got.String(), c.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	if _, err := varformat.Read(varformat.Dotenv, make([]byte, varformat.MaxBytes+1)); lockstep.CodeOf(err) != lockstep.CodeTooLarge {
		t.Errorf("a file that is too large: %v", err)
	}
	var out bytes.Buffer
	err := varformat.Write(&out, varformat.JSON, []varformat.Variable{{Key: "A"}, {Key: "a-b"}, {Key: "A"}, {Key: "1"}}, varformat.Options{})
	if got := problems(err); strings.Count(got, "\n") != 3 {
		t.Errorf("not all mistakes at once: %v\n%s", err, got)
	}
	if err := varformat.Write(&out, varformat.ConfigMap, nil, varformat.Options{}); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("a ConfigMap without a name: %v", err)
	}
}
