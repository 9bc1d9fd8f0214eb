package varformat

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-dev/lockstep"
)

// Format is how variables are written.
type Format string

// The formats.
const (
	Dotenv    Format = "dotenv"     // what Docker Compose, bash and Node's dotenv read alike
	JSON      Format = "json"       // one object of strings
	YAML      Format = "yaml"       // one mapping of strings
	Shell     Format = "shell"      // export KEY='value', for eval and source
	TFVars    Format = "tfvars"     // key = "value", for Terraform and OpenTofu
	ConfigMap Format = "configmap"  // a Kubernetes manifest
	Secret    Format = "secret"     // a Kubernetes manifest, values in base64
	DockerEnv Format = "docker-env" // KEY=value, for docker run --env-file
)

// Variable is a key and its value.
type Variable struct {
	Key, Value string
}

// Options are what a format needs beside the variables.
type Options struct {
	Name      string // of a Kubernetes object; required there
	Namespace string // of a Kubernetes object; "" leaves it out
}

// MaxBytes is the most that is read at once.
const MaxBytes = 16 << 20

type codec struct {
	write  func(*bytes.Buffer, []Variable, Options) error
	read   func([]byte) ([]Variable, error)
	cannot func(value string) string // why a value cannot be written; "": it can
	rather Format                    // which can
}

var codecs = map[Format]codec{
	Dotenv:    {writeDotenv, readDotenv, notInDotenv, Shell},
	JSON:      {writeJSON, readJSON, notUTF8, Secret},
	YAML:      {writeYAML, readYAML, notUTF8, Secret},
	Shell:     {writeShell, readShell, notInShell, JSON},
	TFVars:    {writeTFVars, readTFVars, notInTFVars, Shell},
	ConfigMap: {writeConfigMap, readConfigMap, notUTF8, Secret},
	Secret:    {writeSecret, readSecret, nil, ""},
	DockerEnv: {writeDockerEnv, readDockerEnv, notInDockerEnv, Shell},
}

// Formats lists them in the order of the documents.
func Formats() []Format {
	return []Format{Dotenv, JSON, YAML, Shell, TFVars, ConfigMap, Secret, DockerEnv}
}

var portable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Write writes the variables, sorted by key. Nothing is written where one of
// them cannot be: the error has a problem for each.
func Write(w io.Writer, f Format, variables []Variable, o Options) error {
	c, ok := codecs[f]
	if !ok {
		return unknown(f)
	}
	if (f == ConfigMap || f == Secret) && o.Name == "" {
		return lockstep.Invalid("name", "a Kubernetes object needs a name")
	}
	sorted := slices.Clone(variables)
	slices.SortFunc(sorted, func(a, b Variable) int { return strings.Compare(a.Key, b.Key) })
	var problems []lockstep.Problem
	for i, v := range sorted {
		why := ""
		switch {
		case !portable.MatchString(v.Key):
			why = "its name is not portable: use letters, digits and underscores, not beginning with a digit"
		case i > 0 && sorted[i-1].Key == v.Key:
			why = "it is there twice"
		case c.cannot != nil:
			if why = c.cannot(v.Value); why != "" {
				why += fmt.Sprintf("; format %s can", c.rather)
			}
		}
		if why != "" {
			problems = append(problems, lockstep.Problem{Field: v.Key, Message: why})
		}
	}
	if len(problems) > 0 {
		return &lockstep.Error{Code: lockstep.CodeInvalid, Message: fmt.Sprintf("%d of %d variables cannot be written as %s", len(problems), len(sorted), f), Problems: problems}
	}
	var out bytes.Buffer
	if err := c.write(&out, sorted, o); err != nil {
		return fmt.Errorf("write %s: %w", f, err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// Read reads the variables in the order in which they stand there. Values are
// as variables have them: ${KEY} is a reference and $${ the two characters ${.
func Read(f Format, src []byte) ([]Variable, error) {
	c, ok := codecs[f]
	if !ok {
		return nil, unknown(f)
	}
	if len(src) > MaxBytes {
		return nil, lockstep.Errorf(lockstep.CodeTooLarge, "the file has %d MiB; at most %d are read", len(src)>>20, MaxBytes>>20)
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	variables, err := c.read(src)
	if err != nil {
		return nil, once(err)
	}
	seen := make(map[string]bool, len(variables))
	var problems []lockstep.Problem
	for _, v := range variables {
		switch {
		case !portable.MatchString(v.Key):
			problems = append(problems, lockstep.Problem{Field: short(v.Key), Line: Line(src, v.Key), Message: "its name is not portable: use letters, digits and underscores, not beginning with a digit"})
		case seen[v.Key]:
			problems = append(problems, lockstep.Problem{Field: v.Key, Line: Line(src, v.Key), Message: "it is there twice: leave one of them out"})
		}
		seen[v.Key] = true
	}
	if len(problems) > 0 {
		return nil, &lockstep.Error{Code: lockstep.CodeInvalid, Message: fmt.Sprintf("the %s file cannot be taken as it is", f), Problems: problems}
	}
	return variables, nil
}

// Literal is a text as the value of a variable: what would be a reference in
// it is none.
func Literal(text string) string { return strings.ReplaceAll(text, "${", "$${") }

func unknown(f Format) error {
	return lockstep.Invalid("format", "there is no format %q: use one of %v", f, Formats())
}

func notUTF8(value string) string {
	if !utf8.ValidString(value) {
		return "its value is not UTF-8"
	}
	return ""
}

// short keeps a name that is none from filling the screen, and from being a
// value that lost its key.
func short(key string) string {
	const most = 40
	if len(key) > most || strings.ContainsAny(key, "\n\r") {
		return "a name of " + fmt.Sprint(len(key)) + " bytes"
	}
	return key
}

// Text is the text that Literal was made of, where there are no references in
// it.
func Text(literal string) string { return strings.ReplaceAll(literal, "$${", "${") }
