package api_test

import (
	"net/http"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
)

func TestVariableFiles(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const read, write = "/api/system/variables/read", "/api/system/variables/write"

	got := decode[api.FormattedVariables](w.do(http.MethodPost, read, `{"format": "dotenv", "text": "A=1\nB='${A} and more'\n"}`).is(200))
	if len(got.Variables) != 2 || got.Variables[0] != (api.FormattedVariable{Key: "A", Value: "1"}) || got.Variables[1].Value != "$${A} and more" {
		t.Errorf("%+v", got)
	}
	w.do(http.MethodPost, read, `{"format": "dotenv", "text": "A=1\nhunter2\n"}`).problem(422, lockstep.CodeInvalid, "line 2")
	w.do(http.MethodPost, read, `{"format": "toml", "text": "A=1"}`).problem(422, lockstep.CodeInvalid)

	text := decode[api.VariablesFile](w.do(http.MethodPost, write, `{"format": "docker-env", "variables": [{"key": "B", "value": "2"}, {"key": "A", "value": "1"}]}`).is(200)).Text
	if text != "A=1\nB=2\n" {
		t.Errorf("wrote %q", text)
	}
	w.do(http.MethodPost, write, `{"format": "docker-env", "variables": [{"key": "A", "value": "1\n2"}]}`).problem(422, lockstep.CodeInvalid, "line break", "shell can")
	w.do(http.MethodPost, write, `{"format": "configmap", "variables": []}`).problem(422, lockstep.CodeInvalid, "needs a name")
}
