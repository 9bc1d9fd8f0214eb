package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep/internal/varformat"
)

// FormattedVariable is a variable of a file that another tool reads or wrote.
type FormattedVariable struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// FormattedVariables are all of a file, and what it is written in.
type FormattedVariables struct {
	Format    varformat.Format    `json:"format" enum:"dotenv,json,yaml,shell,tfvars,configmap,secret,docker-env"`
	Variables []FormattedVariable `json:"variables"`
	Name      string              `json:"name,omitempty" doc:"Of a Kubernetes object; required there."`
	Namespace string              `json:"namespace,omitempty" doc:"Of a Kubernetes object."`
}

// VariablesFile is a text in a format.
type VariablesFile struct {
	Format varformat.Format `json:"format" enum:"dotenv,json,yaml,shell,tfvars,configmap,secret,docker-env"`
	Text   string           `json:"text"`
}

// formatRoutes are for pages that import and export: the formats are read and
// written in one place. They keep nothing.
func (h *Handler) formatRoutes(tags []string) {
	register(h, huma.Operation{
		OperationID: "read-variables-file", Method: http.MethodPost, Path: "/api/system/variables/read", Tags: tags, MaxBodyBytes: varformat.MaxBytes,
		Summary:     "What a file of variables says, in any of eight formats",
		Description: "Nothing is expanded, run or kept. Values are as variables have them: `${KEY}` is a reference and `$${` the text `${`. What cannot be read is told with its line, never with a value.",
	}, func(_ context.Context, in *struct{ Body VariablesFile }) (*body[FormattedVariables], error) {
		variables, err := varformat.Read(in.Body.Format, []byte(in.Body.Text))
		out := FormattedVariables{Format: in.Body.Format, Variables: make([]FormattedVariable, len(variables))}
		for i, v := range variables {
			out.Variables[i] = FormattedVariable(v)
		}
		return answer(out, err)
	})
	register(h, huma.Operation{
		OperationID: "write-variables-file", Method: http.MethodPost, Path: "/api/system/variables/write", Tags: tags, MaxBodyBytes: varformat.MaxBytes,
		Summary:     "Variables as a file in any of eight formats",
		Description: "Byte for byte, or not at all: where the format cannot carry a value, each key is named, and a format that can. Nothing is kept.",
	}, func(_ context.Context, in *struct{ Body FormattedVariables }) (*body[VariablesFile], error) {
		variables := make([]varformat.Variable, len(in.Body.Variables))
		for i, v := range in.Body.Variables {
			variables[i] = varformat.Variable(v)
		}
		var out bytes.Buffer
		err := varformat.Write(&out, in.Body.Format, variables, varformat.Options{Name: in.Body.Name, Namespace: in.Body.Namespace})
		return answer(VariablesFile{Format: in.Body.Format, Text: out.String()}, err)
	})
}
