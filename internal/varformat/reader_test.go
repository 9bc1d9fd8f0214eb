package varformat_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-dev/lockstep/internal/suite"
	"github.com/lockstep-dev/lockstep/internal/suite/node"
	"github.com/lockstep-dev/lockstep/internal/varformat"
)

// writable are those of the values that a format can carry, under names of
// their own, and the file with all of them.
func writable(t *testing.T, f varformat.Format) (map[string]string, []byte) {
	t.Helper()
	want := map[string]string{}
	var variables []varformat.Variable
	for i, v := range values {
		one := varformat.Variable{Key: fmt.Sprintf("KEY_%02d", i), Value: v}
		if varformat.Write(&bytes.Buffer{}, f, []varformat.Variable{one}, varformat.Options{Name: "app"}) == nil {
			want[one.Key] = v
			variables = append(variables, one)
		}
	}
	var out bytes.Buffer
	if err := varformat.Write(&out, f, variables, varformat.Options{Name: "app"}); err != nil {
		t.Fatal(err)
	}
	return want, out.Bytes()
}

func compare(t *testing.T, got, want map[string]string) {
	t.Helper()
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s: %q is read as %q", key, value, got[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d variables are read, not %d", len(got), len(want))
	}
}

// TestDockerComposeReadsOurDotenv asks the parser that Docker Compose has.
func TestDockerComposeReadsOurDotenv(t *testing.T) {
	t.Parallel()
	want, src := writable(t, varformat.Dotenv)
	got, err := dotenv.Parse(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, want)
}

func TestNodeReadsOurDotenv(t *testing.T) {
	t.Parallel()
	dir := suite.Need(t, node.Packages)
	want, src := writable(t, varformat.Dotenv)
	cmd := exec.CommandContext(t.Context(), "node", "-e", `
		const text = require("fs").readFileSync(0)
		process.stdout.write(JSON.stringify(require("dotenv").parse(text)))`)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(src)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	compare(t, got, want)
}

func TestShellsReadOurs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shell  string
		format varformat.Format
	}{{"bash", varformat.Dotenv}, {"bash", varformat.Shell}, {"sh", varformat.Shell}} {
		t.Run(c.shell+" "+string(c.format), func(t *testing.T) {
			t.Parallel()
			shell := suite.Need(t, suite.Requirement{Name: c.shell, Install: "apt-get install " + c.shell, Find: func() (string, error) { return exec.LookPath(c.shell) }})
			want, src := writable(t, c.format)
			file := filepath.Join(t.TempDir(), "variables")
			if err := os.WriteFile(file, src, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), shell, "-c", `set -a; . "$0"; exec env -0`, file)
			cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for entry := range bytes.SplitSeq(out, []byte{0}) {
				key, value, _ := bytes.Cut(entry, []byte("="))
				if bytes.HasPrefix(key, []byte("KEY_")) {
					got[string(key)] = string(value)
				}
			}
			compare(t, got, want)
		})
	}
}

// TestKubernetesReadsOurManifests asks the YAML library below Kubernetes' own,
// and its JSON types, for which []byte is base64.
func TestKubernetesReadsOurManifests(t *testing.T) {
	t.Parallel()
	for f, values := range map[varformat.Format]func([]byte) (map[string]string, error){
		varformat.YAML: func(src []byte) (got map[string]string, err error) { return got, yaml.Unmarshal(src, &got) },
		varformat.ConfigMap: func(src []byte) (map[string]string, error) {
			var m struct {
				Kind string
				Data map[string]string
			}
			err := yaml.Unmarshal(src, &m)
			if m.Kind != "ConfigMap" {
				err = fmt.Errorf("its kind is %q", m.Kind)
			}
			return m.Data, err
		},
		varformat.Secret: func(src []byte) (map[string]string, error) {
			var tree map[string]any
			if err := yaml.Unmarshal(src, &tree); err != nil {
				return nil, err
			}
			raw, err := json.Marshal(tree)
			if err != nil {
				return nil, err
			}
			var m struct{ Data map[string][]byte }
			if err := json.Unmarshal(raw, &m); err != nil {
				return nil, err
			}
			got := map[string]string{}
			for key, value := range m.Data {
				got[key] = string(value)
			}
			return got, nil
		},
	} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			want, src := writable(t, f)
			got, err := values(src)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, maps.Clone(got), want)
		})
	}
}
