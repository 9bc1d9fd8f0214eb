package matrix

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// Matrix is a file that was read and found right.
type Matrix struct {
	desired Desired
}

// Desired is what the file asks for.
func (m *Matrix) Desired() Desired { return m.desired }

// Parse reads a matrix. file is its name for messages. A file with mistakes is
// a *lockstep.Error of CodeInvalid that holds all of them, each with its
// place; a file over MaxSize is one of CodeTooLarge.
func Parse(src []byte, file string) (*Matrix, error) {
	d, root, err := load(src, file)
	if err != nil {
		return nil, err
	}
	if root.kind == null {
		d.problems.add(0, "", "docs/matrix.md shows a first matrix", "the file is empty")
		return nil, d.problems.err(file)
	}
	doc := readDocument(d, root)
	d.check(doc)
	if err := d.problems.err(file); err != nil {
		return nil, err
	}
	return &Matrix{desired: resolve(doc)}, nil
}

// load reads the YAML and nothing of its meaning.
func load(raw []byte, file string) (*decoder, *node, error) {
	d, root, _, err := loadExact(raw, file)
	return d, root, err
}

func loadExact(raw []byte, file string) (d *decoder, root *node, exact bool, err error) {
	if len(raw) > MaxSize {
		return nil, nil, false, tooLarge(file, len(raw))
	}
	src, at, message := newSource(raw)
	d = &decoder{src: src, problems: &problems{src: src}}
	if message != "" {
		d.problems.add(at, "", "", "%s", message)
		return nil, nil, false, d.problems.err(file)
	}
	root, exact, faults := build(src)
	for _, f := range faults {
		d.problems.add(f.at, "", f.suggestion, "%s", f.message)
	}
	if err := d.problems.err(file); err != nil {
		return nil, nil, false, err
	}
	return d, root, exact, nil
}

func tooLarge(file string, size int) error {
	return &lockstep.Error{
		Code:    lockstep.CodeTooLarge,
		Message: fmt.Sprintf("%s is %d bytes long; a matrix may have %d: split it over several projects", file, size, MaxSize),
	}
}
