package varformat

import (
	"bytes"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"golang.org/x/text/unicode/norm"
)

func writeTFVars(out *bytes.Buffer, variables []Variable, _ Options) error {
	file := hclwrite.NewEmptyFile()
	for _, v := range variables {
		file.Body().SetAttributeValue(v.Key, cty.StringVal(v.Value))
	}
	_, err := file.WriteTo(out)
	return err
}

// notInTFVars: Terraform normalises every text that it reads.
func notInTFVars(s string) string {
	if why := notUTF8(s); why != "" {
		return why
	}
	if !norm.NFC.IsNormalString(s) {
		return "its value is not in Unicode's normal form C, to which Terraform would bring it"
	}
	return ""
}

// readTFVars reads what Terraform reads: literal values. Numbers and booleans
// are taken as HCL writes them, lists and maps as JSON.
func readTFVars(src []byte) ([]Variable, error) {
	file, problems := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
	if problems.HasErrors() {
		return nil, mistake(hclLine(problems), "it is not HCL")
	}
	attributes, problems := file.Body.JustAttributes()
	if problems.HasErrors() {
		return nil, mistake(hclLine(problems), "it is a block: only key = value is read")
	}
	var out []Variable
	var wrong mistakes
	for _, a := range inOrder(attributes) {
		text, err := hclValue(a)
		if err == nil {
			out = append(out, Variable{a.Name, Literal(text)})
		} else if !wrong.add(err) {
			return nil, wrong.err(err)
		}
	}
	return out, wrong.err(nil)
}

func inOrder(attributes hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attributes), func(a, b *hcl.Attribute) int { return a.Range.Start.Byte - b.Range.Start.Byte })
}

func hclValue(a *hcl.Attribute) (string, error) {
	value, problems := a.Expr.Value(nil)
	if problems.HasErrors() || !value.IsWhollyKnown() || value.IsNull() {
		return "", mistake(a.Range.Start.Line, "the value of %s is no literal: references and functions are not read", short(a.Name))
	}
	text, err := hclText(value)
	if err != nil {
		return "", mistake(a.Range.Start.Line, "the value of %s cannot be a variable", short(a.Name))
	}
	return text, nil
}

func hclText(v cty.Value) (string, error) {
	if v.Type().IsPrimitiveType() {
		s, err := convert.Convert(v, cty.String)
		if err != nil {
			return "", err
		}
		return s.AsString(), nil
	}
	b, err := ctyjson.Marshal(v, v.Type())
	return string(b), err
}

func hclLine(problems hcl.Diagnostics) int {
	for _, p := range problems {
		if p.Severity == hcl.DiagError && p.Subject != nil {
			return p.Subject.Start.Line
		}
	}
	return 1
}
