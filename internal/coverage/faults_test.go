package coverage

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/strategy"
)

func builtStrategies() []string {
	var names []string
	for _, s := range strategy.Built() {
		names = append(names, string(s))
	}
	return names
}

// TestCoverage compares docs/coverage.md with A and B, and with what there is.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for _, fault := range faults(t, document(t), read(t)) {
		t.Error(fault)
	}
}

func document(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(top + "/docs/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// faults is everything that is wrong with the document.
func faults(t *testing.T, text string, h house) []string {
	t.Helper()
	rows, err := parse(text)
	if err != nil {
		return []string{err.Error()}
	}
	return slices.Concat(incomplete(rows), misplaced(rows, h), overdue(rows, h), unlisted(rows, h))
}

// incomplete compares the rows of each section of A and B with the list of what A and B have.
func incomplete(rows []row) []string {
	var all []string
	want := facts()
	seen := map[string]bool{}
	for _, r := range rows {
		items, fixed := want[r.section]
		key := r.section + "\n" + r.what
		switch {
		case !fixed && r.section != "Ours":
			all = append(all, fmt.Sprintf("%s stands in no section of A or B, and not in Ours", r))
		case fixed && !slices.Contains(items, r.what):
			all = append(all, fmt.Sprintf("%s is not in %q: A and B do not have it; what is ours stands in Ours", r, r.section))
		case seen[key]:
			all = append(all, fmt.Sprintf("%s has two rows in %q", r, r.section))
		}
		seen[key] = true
	}
	for _, section := range slices.Sorted(maps.Keys(want)) {
		for _, item := range want[section] {
			if !seen[section+"\n"+item] {
				all = append(all, fmt.Sprintf("docs/coverage.md has no row for %q in %q", item, section))
			}
		}
	}
	return all
}

var quoted = regexp.MustCompile("`([^`]+)`")

// misplaced finds places that do not exist, those that have another name and do not say why, and notes that name what
// does not exist.
func misplaced(rows []row, h house) []string {
	var all []string
	for _, r := range rows {
		for _, place := range r.places {
			if why := h.missing(place); why != "" {
				all = append(all, fmt.Sprintf("%s is placed at `%s`: %s", r, place, why))
			} else if r.note == "" && !h.sameName(r, place) {
				all = append(all, fmt.Sprintf("%s is placed at `%s`, which has another name: say so in the note", r, place))
			}
		}
		for _, match := range quoted.FindAllStringSubmatch(r.note, -1) {
			if !h.claims(match[1]) {
				continue
			}
			if why := h.missing(match[1]); why != "" {
				all = append(all, fmt.Sprintf("%s has a note about `%s`: %s", r, match[1], why))
			}
		}
	}
	return all
}

// overdue finds what is said to be missing, or to be elsewhere only, and exists under its own name.
func overdue(rows []row, h house) []string {
	var all []string
	for _, r := range rows {
		switch at := h.exists(r); {
		case at == "" || slices.Contains(r.places, at):
		case len(r.places) == 0:
			all = append(all, fmt.Sprintf("%s is \"not yet\", and there is `%s`", r, at))
		case h.missing(at) == "":
			all = append(all, fmt.Sprintf("%s is not placed at `%s`, which has its name", r, at))
		}
	}
	return all
}

// unlisted finds what there is and no row names.
func unlisted(rows []row, h house) []string {
	named := map[string]bool{}
	for _, r := range rows {
		for _, place := range r.places {
			named[place] = true
		}
	}
	var all []string
	for _, place := range h.needed() {
		if !named[place] {
			all = append(all, fmt.Sprintf("docs/coverage.md has no row with the place `%s`", place))
		}
	}
	return all
}

// TestFaults shows that each kind of fault is found: the document is right, is changed in one place, and then is wrong
// in exactly that.
func TestFaults(t *testing.T) {
	t.Parallel()
	h, right := read(t), document(t)
	for name, test := range map[string]struct{ was, is, want string }{
		"a row of A is dropped": {
			"| `PUT /api/system/config/templates/{id}` | not yet | |\n", "",
			`has no row for "PUT /api/system/config/templates/{id}" in "A: endpoints"`,
		},
		"a key of B is dropped": {
			"| `environments.<name>.networking.vpc_cidr` |", "| `environments.<name>.networking.cidr` |",
			`has no row for "environments.<name>.networking.vpc_cidr" in "B: matrix"`,
		},
		"a row that A does not have": {
			"| `DeploymentStep.name` |", "| `DeploymentStep.title` |",
			`"DeploymentStep.title" is not in "A: entities"`,
		},
		"a section that nobody has": {"\n## Ours\n", "\n## Others\n", "stands in no section"},
		"a row twice": {
			"| `PUT /api/system/config/templates/{id}` | not yet | |\n",
			"| `PUT /api/system/config/templates/{id}` | not yet | |\n| `PUT /api/system/config/templates/{id}` | not yet | |\n",
			"has two rows",
		},
		"an endpoint that does not exist": {
			"| `PUT /api/system/config/templates/{id}` | not yet | |", "| `PUT /api/system/config/templates/{id}` | `PUT /api/system/config/templates/{id}` | |",
			"the OpenAPI document has no such operation",
		},
		"a column that does not exist": {
			"| `config_templates.name` | not yet | |", "| `config_templates.name` | `config_templates.name` | |",
			"the migrations make no such column",
		},
		"a command that does not exist": {
			"| `backup <env-name> [type]` | not yet | ", "| `backup <env-name> [type]` | `lockstep no-such-command` | ",
			"the command line has no such command",
		},
		"a field that does not exist": {
			"| `SyncResult.id` | not yet | |", "| `SyncResult.id` | `lockstep.SyncResult.ID` | |",
			"the root package has no such name",
		},
		"a file that does not exist": {
			"| `environments.created_at` | `environments.created_at` |", "| `environments.created_at` | `environments/created_at.go` |",
			"there is no such file",
		},
		"a note about nothing": {
			"| `environments.created_at` | `environments.created_at` | |", "| `environments.created_at` | `environments.created_at` | see `lockstep nothing` |",
			"has a note about `lockstep nothing`: the command line has no such command",
		},
		"another name without a note": {
			"| `environments.created_at` | `environments.created_at` | |", "| `environments.created_at` | `environments.updated_at` | |",
			"which has another name",
		},
		"an endpoint that exists meanwhile": {
			"| `GET /api/system/environments` | `GET /api/system/environments` | |", "| `GET /api/system/environments` | not yet | |",
			"\"GET /api/system/environments\" is \"not yet\", and there is `GET /api/system/environments`",
		},
		"a column that exists meanwhile": {
			"| `environments.created_at` | `environments.created_at` |", "| `environments.created_at` | not yet |",
			"is \"not yet\", and there is `environments.created_at`",
		},
		"a column placed elsewhere, though it exists": {
			"| `environments.created_at` | `environments.created_at` | |", "| `environments.created_at` | `lockstep.Environment.CreatedAt` | on reading |",
			"is not placed at `environments.created_at`, which has its name",
		},
		"a command that exists meanwhile": {
			"| `list` | `lockstep list` |", "| `list` | not yet |",
			"is \"not yet\", and there is `lockstep list`",
		},
		"a word that exists meanwhile": {
			"| `EnvironmentType: preview` | `lockstep.TypePreview` |", "| `EnvironmentType: preview` | not yet |",
			"is \"not yet\", and there is `lockstep.TypePreview`",
		},
		"a key that exists meanwhile": {
			"| `deployment_strategies.<name>.approval_required` | `matrix:deployment_strategies.<name>.approval_required` |",
			"| `deployment_strategies.<name>.approval_required` | not yet |",
			"is \"not yet\", and there is `matrix:deployment_strategies.<name>.approval_required`",
		},
		"a strategy that is built meanwhile": {
			"| executeDeployment: recreate | `internal/strategy/recreate.go` |", "| executeDeployment: recreate | not yet |",
			"is \"not yet\", and there is `strategy.Built`",
		},
		"an endpoint of ours without a row": {
			" `GET /api/system/events` ", " `internal/api/` ", "has no row with the place `GET /api/system/events`",
		},
		"a command of ours without a row": {
			" `lockstep deployments` `lockstep watch` ", " `lockstep deployments` ", "has no row with the place `lockstep watch`",
		},
		"a table of ours without a row": {
			" `operation_locks` ", " `internal/store/` ", "has no row with the place `operation_locks`",
		},
		"a column of ours in A's table without a row": {
			" `environments.host_id` ", " `internal/store/` ", "has no row with the place `environments.host_id`",
		},
		"a key of ours without a row": {
			" `matrix:pipeline` ", " `internal/matrix/` ", "has no row with the place `matrix:pipeline`",
		},
		"a table that cannot be read": {"|---|---|---|\n| ", "|---|---|---|\n| nothing |\n| ", "three cells"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(right, test.was) {
				t.Fatalf("the document does not have %q: change this test with it", test.was)
			}
			got := strings.Join(faults(t, strings.Replace(right, test.was, test.is, 1), h), "\n")
			if !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
