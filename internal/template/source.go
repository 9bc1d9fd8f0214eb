package template

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/lockstep-dev/lockstep"
)

// Manifest is the file of a folder that says what its template is. All
// others are files that it makes, by their paths.
const Manifest = "template.yaml"

// Source is a template with the file that it came from.
type Source struct {
	lockstep.ConfigTemplateConfig
	tree  *ast.File
	lines []string
}

// Read reads a template from one YAML file; name is the file's, for messages.
func Read(name string, text []byte) (Source, error) {
	s := Source{lines: strings.Split(string(text), "\n")}
	if !utf8.Valid(text) {
		return s, lockstep.Invalid("file", "%s is not UTF-8", name)
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return s, yamlError(name, err)
	}
	s.tree = tree
	if err := yaml.UnmarshalWithOptions(text, &s.ConfigTemplateConfig, yaml.Strict(), yaml.UseJSONUnmarshaler()); err != nil {
		return s, yamlError(name, err)
	}
	return s, nil
}

func yamlError(name string, err error) error {
	var y yaml.Error
	if !errors.As(err, &y) || y.GetToken() == nil {
		return lockstep.Invalid("file", "%s cannot be read: %v", name, err)
	}
	at := y.GetToken().Position
	return &lockstep.Error{
		Code: lockstep.CodeInvalid, Message: name + " cannot be read",
		Problems: []lockstep.Problem{{Message: y.GetMessage(), Line: at.Line, Column: at.Column}},
	}
}

// ReadFolder reads a template from a folder: template.yaml says what it is,
// every other file is one that it makes. Without a template.yaml it is of type
// custom, and called name. Hidden files are left out.
func ReadFolder(folder fs.FS, name string) (Source, error) {
	var s Source
	text, err := fs.ReadFile(folder, Manifest)
	switch {
	case err == nil:
		if s, err = Read(Manifest, text); err != nil {
			return s, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return s, fmt.Errorf("read %s: %w", Manifest, err)
	}
	s.Name = first(s.Name, name)
	size := 0
	err = fs.WalkDir(folder, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(path.Base(p), ".") && p != ".":
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || p == Manifest:
			return nil
		case !d.Type().IsRegular():
			return lockstep.Invalid("file", "%s is no regular file: a template is made of files and folders", p)
		}
		text, err := fs.ReadFile(folder, p)
		if err != nil {
			return err
		}
		if size += len(text); size > lockstep.MaxTemplateSize || len(s.Template.Files) == lockstep.MaxTemplateFiles {
			return lockstep.Errorf(lockstep.CodeTooLarge, "the folder has more than %d files or %d bytes", lockstep.MaxTemplateFiles, lockstep.MaxTemplateSize)
		}
		if !utf8.Valid(text) {
			return lockstep.Invalid("file", "%s is not a text in UTF-8: templates are made of texts", p)
		}
		if s.Template.Files == nil {
			s.Template.Files = map[string]string{}
		}
		s.Template.Files[p] = string(text)
		return nil
	})
	return s, err
}

// Place finds a problem in the file that the template came from: a line of a
// text in a YAML file is a line of that file.
func (s Source) Place(p lockstep.Problem) lockstep.Problem {
	if s.tree == nil || len(s.tree.Docs) == 0 {
		return p
	}
	node := find(s.tree.Docs[0].Body, fieldPath(p.Field))
	if node == nil {
		return p
	}
	at := node.GetToken().Position
	literal, isLiteral := node.(*ast.LiteralNode)
	text, isText := node.(*ast.StringNode)
	switch {
	case isLiteral && p.Line > 0:
		begin := literal.Start.Position.Line
		p.Line += begin
		p.Column += s.indent(begin)
	case isText && p.Line == 1:
		p.Line, p.Column = at.Line, at.Column+p.Column-1
		if origin := strings.TrimLeft(text.GetToken().Origin, " \n"); strings.HasPrefix(origin, `"`) || strings.HasPrefix(origin, "'") {
			p.Column++
		}
	default:
		p.Line, p.Column = at.Line, at.Column
	}
	if p.Line <= len(s.lines) {
		p.Excerpt = under(s.lines[p.Line-1], p.Column)
	}
	return p
}

// indent is that of the first line with something in it after a line.
func (s Source) indent(line int) int {
	for text := range strings.Lines(strings.Join(s.lines[min(line, len(s.lines)):], "\n")) {
		if trimmed := strings.TrimLeft(text, " "); strings.TrimSpace(trimmed) != "" {
			return len(text) - len(trimmed)
		}
	}
	return 0
}

// fieldPath takes a problem's field apart. What follows template.files. is one
// name.
func fieldPath(field string) []string {
	if file, ok := strings.CutPrefix(field, "template.files."); ok {
		return []string{"template", "files", file}
	}
	var out []string
	for _, part := range strings.Split(field, ".") {
		name, indexes, _ := strings.Cut(part, "[")
		if name != "" {
			out = append(out, name)
		}
		for index := range strings.SplitSeq(strings.TrimSuffix(indexes, "]"), "][") {
			if index != "" {
				out = append(out, index)
			}
		}
	}
	return out
}

// find is the node at a path, or the nearest one above it that there is; nil
// for the document itself.
func find(node ast.Node, names []string) ast.Node {
	var found ast.Node
	for _, name := range names {
		var next ast.Node
		switch n := node.(type) {
		case *ast.MappingNode:
			for _, pair := range n.Values {
				if strings.Trim(pair.Key.GetToken().Value, `"'`) == name {
					next = pair.Value
				}
			}
		case *ast.MappingValueNode:
			if n.Key.GetToken().Value == name {
				next = n.Value
			}
		case *ast.SequenceNode:
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Values) {
				next = n.Values[i]
			}
		}
		if next == nil {
			return found
		}
		node, found = next, next
	}
	return found
}
