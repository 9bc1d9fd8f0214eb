package template

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Kind says what a text is to become.
type Kind string

// The kinds.
const (
	AsText     Kind = "text"     // a file, or a value with text around its placeholders
	AsValue    Kind = "value"    // the text, or the value of the one placeholder that it is
	AsDocument Kind = "document" // what its YAML says
	AsTruth    Kind = "truth"    // an expression, without braces: true or false
)

// Text is one template of a job. Name says where it stands, for messages.
type Text struct {
	Name   string `json:"name"`
	Kind   Kind   `json:"kind"`
	Source string `json:"source"`
}

// Job is what a child is asked. Every text is rendered once for each of
// Given; without any, they are checked only.
type Job struct {
	Template string           `json:"template"`
	Texts    []Text           `json:"texts"`
	Given    []map[string]any `json:"given"`
	Declared []string         `json:"declared"` // keys that a text may use, although no value is given
	Limits   Limits           `json:"limits"`
}

// Limits of a job. Zero fields mean the default.
type Limits struct {
	Time   time.Duration `json:"time"`   // of a processor: 2s
	Memory int64         `json:"memory"` // bytes: 128 MiB
	Output int64         `json:"output"` // bytes of all that is rendered: 4 MiB
}

func (l Limits) orDefault() Limits {
	if l.Time <= 0 {
		l.Time = 2 * time.Second
	}
	if l.Memory <= 0 {
		l.Memory = 128 << 20
	}
	if l.Output <= 0 {
		l.Output = 4 << 20
	}
	return l
}

// Result is what a child answers.
type Result struct {
	Rendered [][]any            `json:"rendered,omitempty"` // one for each of Given, in the order of the texts
	Uses     []string           `json:"uses,omitempty"`     // upper-case names that nobody declared, sorted
	Problems []lockstep.Problem `json:"problems,omitempty"`
}
