package matrix

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Rewrite is a value that a clone has otherwise than its source.
type Rewrite struct {
	Path string `json:"path"` // below the environment
	From string `json:"from"`
	To   string `json:"to"` // "": left out
}

// Clone writes an environment into the text of a matrix that is as another
// one, under a new name: with its strategies and numbers of instances. Host
// names and URLs that contain the old name get the new one; a domain that does
// not is left out, because it is the source's, and so is what deploys to the
// source by itself. What else contains the name stays: nobody can tell a word
// from a name there.
func Clone(src []byte, from string, to NewEnvironment) ([]byte, []Rewrite, error) {
	all, err := plainOf(src)
	if err != nil {
		return nil, nil, err
	}
	environments, _ := all["environments"].(map[string]any)
	said, found := environments[from]
	if !found {
		return nil, nil, lockstep.Errorf(lockstep.CodeNotFound, "the matrix has no environment %s", from)
	}
	block, _ := said.(map[string]any)
	r := renaming{from: from, to: to.Name}
	block = r.mapping("", block)
	r.ownWay(block)
	block["type"] = string(to.Type)
	if to.Description != "" {
		block["description"] = to.Description
	}
	if to.Region != "" {
		r.region(block, to.Region)
	}
	copyReplicas(all, from, block)
	out, err := setEnvironment(src, to.Name, block, false)
	if err != nil {
		return nil, nil, err
	}
	strategies, _ := all["deployment_strategies"].(map[string]any)
	if own, ok := strategies[from]; ok {
		if out, err = Set(out, "deployment_strategies."+to.Name, own); err != nil {
			return nil, nil, err
		}
	}
	return out, r.done, nil
}

// Rename is what a value of an environment is in a clone of it: addresses that
// have the old name get the new one.
func Rename(from, to, path string, v any) (any, []Rewrite) {
	r := renaming{from: from, to: to}
	out := r.value(path, v)
	return out, r.done
}

// copyReplicas takes along what services say of the source.
func copyReplicas(all map[string]any, from string, block map[string]any) {
	services, _ := all["services"].(map[string]any)
	for name, said := range services {
		service, _ := said.(map[string]any)
		by, _ := service["replicas"].(map[string]any)
		n, ok := by[from]
		if !ok {
			continue
		}
		overlays, _ := block["services"].(map[string]any)
		if overlays == nil {
			overlays = map[string]any{}
			block["services"] = overlays
		}
		overlay, _ := overlays[name].(map[string]any)
		if overlay == nil {
			overlay = map[string]any{}
			overlays[name] = overlay
		}
		if _, own := overlay["replicas"]; !own {
			overlay["replicas"] = n
		}
	}
}

// renaming copies values under another name of their environment.
type renaming struct {
	from, to string
	done     []Rewrite
}

func (r *renaming) mapping(path string, m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		at := strings.TrimPrefix(path+"."+key, ".")
		if at == "domains" {
			if domains := r.domains(m[key]); len(domains) > 0 {
				out[key] = domains
			}
			continue
		}
		out[key] = r.value(at, m[key])
	}
	return out
}

func (r *renaming) value(path string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		return r.mapping(path, v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = r.value(fmt.Sprintf("%s[%d]", path, i), v[i])
		}
		return out
	case string:
		return r.text(path, v)
	}
	return v
}

func (r *renaming) text(path, v string) string {
	if !strings.ContainsAny(v, ".:/") {
		return v // a word, no address
	}
	out := replaceName(v, r.from, r.to)
	if out != v {
		r.done = append(r.done, Rewrite{path, v, out})
	}
	return out
}

// domains lead to one environment only.
func (r *renaming) domains(v any) []any {
	list, _ := v.([]any)
	var out []any
	for i, one := range list {
		domain, _ := one.(string)
		renamed := replaceName(domain, r.from, r.to)
		path := fmt.Sprintf("domains[%d]", i)
		if renamed == domain {
			r.done = append(r.done, Rewrite{path, domain, ""})
			continue
		}
		r.done = append(r.done, Rewrite{path, domain, renamed})
		out = append(out, renamed)
	}
	return out
}

// ownWay leaves out how releases come to the source: a clone is in no
// pipeline, and nothing is deployed to it that nobody asked for.
func (r *renaming) ownWay(block map[string]any) {
	if automation, ok := block["automation"].(map[string]any); ok {
		delete(block, "automation")
		r.done = append(r.done, Rewrite{"automation.deploy", fmt.Sprint(automation["deploy"]), ""})
	}
	demands, _ := block["prerequisites"].(map[string]any)
	if soak, ok := demands["soak"]; ok && demands["environments"] == nil { // in the stage before
		delete(block, "prerequisites")
		r.done = append(r.done, Rewrite{"prerequisites.soak", fmt.Sprint(soak), ""})
	}
}

func (r *renaming) region(block map[string]any, region string) {
	regions, _ := block["regions"].(map[string]any)
	old, _ := regions["primary"].(string)
	regions = maps.Clone(regions)
	if regions == nil {
		regions = map[string]any{}
	}
	regions["primary"] = region
	block["regions"] = regions
	r.done = append(r.done, Rewrite{"regions.primary", old, region})
}

// replaceName replaces a name where it stands for itself: "production" in
// api.production.example.com and in production-db:5432, not in reproduction.
func replaceName(text, from, to string) string {
	var b strings.Builder
	for rest := text; ; {
		i := strings.Index(rest, from)
		if i < 0 {
			b.WriteString(rest)
			return b.String()
		}
		end := i + len(from)
		before := len(text) - len(rest) + i
		alone := (before == 0 || !wordByte(text[before-1])) && (end == len(rest) || !wordByte(rest[end]))
		b.WriteString(rest[:i])
		if alone {
			b.WriteString(to)
		} else {
			b.WriteString(from)
		}
		rest = rest[end:]
	}
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
