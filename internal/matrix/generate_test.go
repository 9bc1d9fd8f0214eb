package matrix

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// generated is a matrix with random settings from every part of the format.
func generated(t *rapid.T) string {
	g := generator{t}
	var services []string
	for i := range g.upTo(4) {
		services = append(services, fmt.Sprintf("s%d", i))
	}
	var environments []string
	for _, name := range []string{"production", "staging", "development", "pr-1", "pr-2"} {
		if g.yes() {
			environments = append(environments, name)
		}
	}
	var file pairs
	g.maybe(&file, "project", func() any { return g.one("sunday", "ja-cms", "123") })
	g.maybe(&file, "runtime", func() any { return "process" })
	g.maybe(&file, "pipeline", func() any { return anyList(environments) })
	g.maybe(&file, "specific", func() any { return []any{"*_URL", "services.*.replicas"} })
	specs := pairs{}
	for i, name := range services {
		specs.set(name, g.service(i, services, environments))
	}
	file.set("services", specs)
	file.set("recipes", pairs{{"one", g.recipe()}, {"two", g.recipe()}})
	envs := pairs{}
	for i, name := range environments {
		envs.set(name, g.environment(i, services, environments))
	}
	file.set("environments", envs)
	g.maybe(&file, "deployment_strategies", func() any {
		p := pairs{}
		for _, name := range environments {
			p.set(name, g.strategies())
		}
		return p
	})
	var b strings.Builder
	writeBlock(&b, file, 0)
	return b.String()
}

type generator struct{ t *rapid.T }

func (g generator) yes() bool          { return rapid.Bool().Draw(g.t, "yes") }
func (g generator) upTo(n int) int     { return rapid.IntRange(0, n).Draw(g.t, "n") }
func (g generator) positive(n int) int { return rapid.IntRange(1, n).Draw(g.t, "n") }
func (g generator) one(of ...any) any  { return rapid.SampledFrom(of).Draw(g.t, "one") }
func (g generator) duration() any      { return g.one("100ms", "1s", "30s", "1h", "1m30s") }
func (g generator) path() any          { return g.one("/", "/health", "/a/b?c=d", "/x:y") }
func (g generator) strategyName() any {
	return g.one("blue_green", "rolling", "canary", "recreate")
}

func (g generator) recipe() any {
	p := pairs{}
	g.maybe(&p, "description", func() any { return g.text() })
	word := func(name string, operand any) any { return pairs{{name, operand}} }
	steps := []any{g.one("prepare", word("pause", g.duration())), word("start", "new")}
	for range g.upTo(3) {
		steps = append(steps, g.one(
			word("verify", "new"), "approve", word("pause", g.duration()), word("approve", pairs{{"message", g.text()}, {"timeout", g.duration()}}),
			word("hook", pairs{{"name", "own"}, {"run", []any{"./own", "{{version}}"}}, {"required", g.yes()}, {"retries", g.upTo(3)}}),
		))
	}
	if g.yes() {
		steps = append(steps, word("shift_traffic", g.positive(99)), g.one("analyze", word("analyze", pairs{{"for", g.duration()}}), word("analyze", g.duration())))
	}
	steps = append(steps, word("shift_traffic", 100))
	p.set("steps", append(steps, g.one([]any{}, []any{word("stop", "old")}, []any{word("drain", "old"), word("keep_warm", g.duration())}).([]any)...))
	return p
}

func (g generator) alternatives() any {
	return g.one([]any{}, []any{"canary"}, []any{"rolling", "blue_green"})
}
func (g generator) validation() any { return g.one("basic", "standard", "comprehensive") }

func (g generator) maybe(p *pairs, key string, value func() any) {
	if g.yes() {
		p.set(key, value())
	}
}

// text is any text that a variable can have, odd ones among them.
func (g generator) text() string {
	if g.yes() {
		return g.one("", " ", "a", "true", "1.10", "0x1F", "null", "~", "- a", "a: b", "a #b", "'", `"`, "\\", "{{port}}", "{{version}}", "é 日本", "\t", "a\nb\n", "\r\n", "\u2028", "\ufeff", "👍", "-", "...", "---", "2001-01-01", "1e3", ".5", "<<", "*a", "&a", "!a", "%", "@", "`", "a,b", "[a]", "{a}", "y").(string)
	}
	s := rapid.String().Draw(g.t, "text")
	return strings.NewReplacer("\x00", "", "{{", "{").Replace(s)
}

func (g generator) env() any {
	p := pairs{}
	for _, key := range []string{"A", "B_2", "_c", "LOG_LEVEL"} {
		g.maybe(&p, key, func() any { return g.text() })
	}
	return p
}

func (g generator) health() any {
	p := pairs{}
	g.maybe(&p, "path", func() any { return g.one(g.path(), "") })
	g.maybe(&p, "interval", g.duration)
	g.maybe(&p, "timeout", g.duration)
	g.maybe(&p, "healthyAfter", func() any { return g.positive(100) })
	g.maybe(&p, "unhealthyAfter", func() any { return g.positive(100) })
	g.maybe(&p, "startTimeout", g.duration)
	return p
}

func (g generator) resources() any {
	p := pairs{}
	g.maybe(&p, "cpu", func() any { return g.one("500m", "2", "0.5") })
	g.maybe(&p, "memory", func() any { return g.one("256Mi", "1G") })
	return p
}

// settings are the keys that a service and its overlay share.
func (g generator) settings(p *pairs, route string) {
	g.maybe(p, "env", g.env)
	g.maybe(p, "health", g.health)
	g.maybe(p, "resources", g.resources)
	g.maybe(p, "validate", func() any { return g.one([]any{}, []any{"/a", "/b"}) })
	g.maybe(p, "user", func() any { return g.one("www", "app-1") })
	g.maybe(p, "routes", func() any { return g.one([]any{}, []any{route}, []any{route, route + "/more"}) })
	if len(*p) == 0 || (*p)[len(*p)-1].key != "routes" {
		p.set("routes", []any{route})
	}
}

func (g generator) service(i int, services, environments []string) any {
	p := pairs{{"command", []any{"./" + services[i], g.text(), "{{port}}"}}}
	g.maybe(&p, "artifact", func() any { return "./dist/" + services[i] })
	g.maybe(&p, "image", func() any { return "team/app:{{version}}" })
	g.maybe(&p, "port", func() any { return g.positive(65535) })
	g.maybe(&p, "replicas", func() any {
		if g.yes() {
			return g.upTo(5)
		}
		in := pairs{}
		g.maybe(&in, "default", func() any { return g.upTo(5) })
		for _, e := range environments {
			g.maybe(&in, e, func() any { return g.upTo(5) })
		}
		return in
	})
	g.maybe(&p, "dependsOn", func() any { return anyList(append([]string{"database"}, services[:i]...)) })
	g.maybe(&p, "stopGrace", g.duration)
	g.settings(&p, "/"+services[i])
	return p
}

func (g generator) strategies() any {
	p := pairs{}
	g.maybe(&p, "primary", g.strategyName)
	g.maybe(&p, "alternatives", g.alternatives)
	g.maybe(&p, "validation_required", g.validation)
	g.maybe(&p, "approval_required", func() any { return g.yes() })
	return p
}

// anything is what a recorded block may hold.
func (g generator) anything(depth int) any {
	switch n := g.upTo(7); {
	case n == 0 && depth > 0:
		p := map[string]any{}
		for _, key := range []string{"a", "b c", "1", "true"} {
			if g.yes() {
				p[key] = g.anything(depth - 1)
			}
		}
		return p
	case n == 1 && depth > 0:
		l := []any{}
		for range g.upTo(3) {
			l = append(l, g.anything(depth-1))
		}
		return l
	case n == 2:
		return rapid.Int64().Draw(g.t, "int")
	case n == 3:
		return rapid.Float64().Draw(g.t, "float")
	case n == 4:
		return g.yes()
	case n == 5:
		return nil
	default:
		return g.text()
	}
}

func (g generator) block() any {
	p := map[string]any{}
	for _, key := range []string{"x", "y", "z"} {
		if g.yes() {
			p[key] = g.anything(3)
		}
	}
	return p
}

func (g generator) environment(i int, services, environments []string) any {
	p := pairs{}
	g.maybe(&p, "type", func() any { return g.one("production", "preview", "custom", "testing") })
	g.maybe(&p, "description", func() any { return g.text() })
	g.maybe(&p, "strategy", func() any {
		s := pairs{}
		g.maybe(&s, "primary", g.strategyName)
		g.maybe(&s, "alternatives", g.alternatives)
		if g.yes() {
			s = pairs{{"primary", "custom"}, {"recipe", g.one("one", []any{"one"}, []any{"two", "one"})}}
		}
		g.maybe(&s, "weights", func() any { return g.one([]any{100}, []any{5, 50, 100}) })
		g.maybe(&s, "pause", g.duration)
		g.maybe(&s, "warmFor", func() any { return g.one("0s", "10m") })
		g.maybe(&s, "maxSurge", func() any { return g.positive(9) })
		g.maybe(&s, "maxUnavailable", func() any { return g.positive(9) })
		g.maybe(&s, "analysis", func() any {
			a := pairs{}
			g.maybe(&a, "minRequests", func() any { return g.positive(500) })
			g.maybe(&a, "errorMargin", func() any { return g.positive(100) })
			g.maybe(&a, "latencyMargin", func() any { return g.positive(200) })
			g.maybe(&a, "deadline", g.duration)
			g.maybe(&a, "probes", func() any {
				probes := pairs{{"paths", []any{"/", "/api?x=1"}}}
				g.maybe(&probes, "rate", func() any { return g.positive(100) })
				return probes
			})
			g.maybe(&a, "rules", func() any {
				return []any{pairs{{"name", "errors"}, {"expr", g.one("new.errors <= old.errors", "new.p95 < 3 // slow", "new.p50 < 1 ? true: false")}}}
			})
			return a
		})
		g.maybe(&s, "sticky", func() any {
			return g.one(true, pairs{{"lifetime", "90m"}})
		})
		g.maybe(&s, "testers", func() any {
			t := pairs{{"header", "X-Preview"}}
			g.maybe(&t, "cookie", func() any { return "preview" })
			t.set("value", g.one("yes", "let-me-see", "1.10", "true"))
			return t
		})
		g.maybe(&s, "mirror", func() any { return g.positive(100) })
		g.maybe(&s, "drainTimeout", g.duration)
		g.maybe(&s, "holdTimeout", g.duration)
		g.maybe(&s, "stableFor", g.duration)
		return s
	})
	g.maybe(&p, "validation", g.validation)
	g.maybe(&p, "approvals", func() any { return pairs{{"required", g.yes()}} })
	g.maybe(&p, "prerequisites", func() any {
		if i == 0 {
			return pairs{} // those of all the others lead here, and never round in a circle
		}
		q := pairs{{"environments", []any{environments[i-1]}}}
		g.maybe(&q, "soak", func() any { return g.one("1s", "30s", "1h", "1m30s") })
		return q
	})
	g.maybe(&p, "notifications", func() any { return pairs{{"channels", []any{"#releases", g.one("ops", "a: b", "1.10")}}} })
	g.maybe(&p, "automation", func() any { return pairs{{"deploy", "on_release"}} })
	g.maybe(&p, "hooks", func() any {
		noPort := func() string { return strings.ReplaceAll(g.text(), "{{port}}", "{{project}}") }
		h := pairs{{"name", "migrate"}, {"stage", g.one("pre-deployment", "post-deployment")}, {"run", []any{"./m", noPort()}}}
		g.maybe(&h, "required", func() any { return g.yes() })
		g.maybe(&h, "timeout", g.duration)
		g.maybe(&h, "retries", func() any { return g.upTo(9) })
		if len(services) > 0 {
			g.maybe(&h, "service", func() any { return services[0] })
		}
		g.maybe(&h, "env", func() any { return pairs{{"MODE", noPort()}} })
		request := pairs{{"url", g.one("https://{{environment}}.example.com/a", "http://10.0.0.7:8080/?v={{version}}")}}
		g.maybe(&request, "method", func() any { return g.one("PUT", "GET") })
		g.maybe(&request, "headers", func() any { return pairs{{"X-Version", "{{version}}"}} })
		g.maybe(&request, "headersFrom", func() any { return pairs{{"Authorization", pairs{{"file", "/token"}}}} })
		g.maybe(&request, "body", func() any { return noPort() + "{{step}}" })
		g.maybe(&request, "expect", func() any { return []any{"200-204", 409} })
		return []any{h, pairs{{"name", "tell"}, {"stage", "post-deployment"}, {"http", request}}, pairs{{"name", "warm"}, {"stage", "post-deployment"}, {"run", []any{"./w"}}}}
	})
	g.maybe(&p, "domains", func() any { return []any{fmt.Sprintf("e%d.example.com", i)} })
	g.maybe(&p, "services", func() any {
		overlays := pairs{}
		for _, s := range services {
			g.maybe(&overlays, s, func() any {
				o := pairs{}
				g.maybe(&o, "replicas", func() any { return g.upTo(9) })
				g.maybe(&o, "command", func() any { return []any{"./over", g.text()} })
				g.settings(&o, "/"+s)
				return o
			})
		}
		return overlays
	})
	g.maybe(&p, "regions", func() any {
		return g.one(map[string]any{"primary": "eu"}, map[string]any{"secondary": "us"}, map[string]any{})
	})
	g.maybe(&p, "clusters", func() any { return []any{g.block(), g.anything(2)} })
	g.maybe(&p, "databases", func() any { return map[string]any{"primary": g.block(), "cache": g.block(), "extra": g.block()} })
	g.maybe(&p, "storage", g.block)
	g.maybe(&p, "networking", g.block)
	g.maybe(&p, "dependencies", func() any {
		d := pairs{}
		g.maybe(&d, "queue", func() any {
			return pairs{{"endpoint", "mq:5672"}, {"version", g.one("3.8", 3.8, 4)}, {"config", g.block()}}
		})
		g.maybe(&d, "search", func() any {
			return pairs{{"type", g.one("api", "custom", "queue")}, {"config", map[string]any{"version": g.anything(1)}}}
		})
		return d
	})
	return p
}

func mustParse(t interface{ Fatalf(string, ...any) }, src string) Desired {
	m, err := Parse([]byte(src), "generated.yaml")
	if err != nil {
		t.Fatalf("%s\nin\n%s", Told(err), src)
	}
	return m.Desired()
}

func throughJSON(t interface{ Fatalf(string, ...any) }, d Desired) Desired {
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatalf("%v", err)
	}
	var out Desired
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%v", err)
	}
	return out
}

func checkRoundTrips(t interface{ Fatalf(string, ...any) }, d Desired) {
	stored := throughJSON(t, d)
	for name, other := range map[string]Desired{"JSON": stored, "Export": mustParse(t, string(Export(d))), "JSON and Export": mustParse(t, string(Export(stored)))} {
		for _, p := range []Plan{Diff(d, other), Diff(other, d)} {
			if !p.Empty() {
				var b strings.Builder
				p.Render(&b)
				t.Fatalf("after %s\n%s\n%s", name, b.String(), Export(d))
			}
		}
	}
}

// TestRoundTrips: what was read comes back from a file of ours and from the
// store without a difference.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkRoundTrips(t, mustParse(t, generated(t))) })
}

// TestPlanIsWholeAndReversible: a plan between two matrices is empty exactly if
// they say the same, and what it makes one way it deletes the other way.
func TestPlanIsWholeAndReversible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := mustParse(t, generated(t)), mustParse(t, generated(t))
		there, back := Diff(a, b), Diff(b, a)
		if there.Count(Create) != back.Count(Delete) || there.Count(Modify) != back.Count(Modify) {
			t.Fatalf("there %+v\nback %+v", there, back)
		}
		if (string(Export(a)) == string(Export(b))) != there.Empty() {
			t.Fatalf("empty: %v\n%s\n%s", there.Empty(), Export(a), Export(b))
		}
	})
}
