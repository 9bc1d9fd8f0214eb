package edge

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestFind(t *testing.T) {
	t.Parallel()
	o := &offer{routes: routesOf([]lockstep.ServiceRoute{
		{Service: "frontend", Group: "f", Prefixes: []string{"/"}},
		{Service: "backend", Group: "b", Prefixes: []string{"/api", "/static/app/"}},
		{Service: "reports", Group: "r", Prefixes: []string{"/api/reports"}},
		{Service: "late", Group: "l", Prefixes: []string{"/api"}},
		{Service: "worker", Group: "w"},
	}, nil)}
	for path, want := range map[string]string{
		"/":                "frontend",
		"/api":             "backend",
		"/api/":            "backend",
		"/api/orders":      "backend",
		"/apix":            "frontend",
		"/api/reports":     "reports",
		"/api/reports/7":   "reports",
		"/api/reportsx":    "backend",
		"/static":          "frontend",
		"/static/app":      "backend",
		"/static/app/x.js": "backend",
		"/static/apple":    "frontend",
		"//api":            "frontend",
		"/API":             "frontend",
	} {
		if r, ok := o.find(path); !ok || r.service != want {
			t.Errorf("%s goes to %q (%v), not %q", path, r.service, ok, want)
		}
	}
	if r, ok := (&offer{routes: routesOf([]lockstep.ServiceRoute{{Service: "a", Prefixes: []string{"/a"}}}, nil)}).find("/b"); ok {
		t.Errorf("/b goes to %q, which serves /a only", r.service)
	}
}

func FuzzRoute(f *testing.F) {
	f.Add("/api,/,/api/v1", "/api/v1/x")
	f.Add("/a/", "/a")
	f.Add("", "/")
	f.Fuzz(func(t *testing.T, prefixes, path string) {
		all := strings.Split(prefixes, ",")
		o := &offer{routes: routesOf([]lockstep.ServiceRoute{{Service: "s", Group: "g", Prefixes: all}}, nil)}
		got, ok := o.find(path)

		// By segments, as the contract says it.
		segments := func(s string) []string { return strings.Split(strings.TrimRight(s, "/"), "/") }
		best := -1
		for _, prefix := range all {
			want := segments(prefix)
			have := strings.Split(path, "/")
			if len(have) < len(want) {
				continue
			}
			matches := true
			for i := range want {
				matches = matches && have[i] == want[i]
			}
			if matches {
				best = max(best, len(strings.TrimRight(prefix, "/")))
			}
		}
		if ok != (best >= 0) || ok && len(got.prefix) != best {
			t.Fatalf("%q under %q: found %q (%v), want one of %d bytes", path, prefixes, got.prefix, ok, best)
		}
	})
}

func TestHostName(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"app.example.com":                   "app.example.com",
		"APP.Example.com:8080":              "app.example.com",
		"app.example.com.":                  "app.example.com",
		"staging.sunday.localhost:7480":     "staging.sunday.localhost",
		"127.0.0.1:80":                      "127.0.0.1",
		"[::1]:7480":                        "[::1]",
		"a_b.example.com":                   "a_b.example.com",
		"localhost:":                        "localhost",
		"":                                  "",
		":80":                               "",
		".":                                 "",
		"a..b":                              "",
		"a..":                               "",
		".a":                                "",
		"a b":                               "",
		"a/b":                               "",
		"a@b":                               "",
		"a,b":                               "",
		"a:80:90":                           "",
		"a:x":                               "",
		"a:123456":                          "",
		"[::1":                              "",
		"[]":                                "",
		"[::1]x":                            "",
		"ä.example":                         "",
		"a\x00b":                            "",
		strings.Repeat("a.", 127) + "tld":   "",
		strings.Repeat("a", 254) + ".local": "",
	} {
		got, ok := hostName(header)
		if got != want || ok != (want != "") {
			t.Errorf("hostName(%q) = %q, %v; want %q", header, got, ok, want)
		}
	}
}

func FuzzHostName(f *testing.F) {
	for _, seed := range []string{"a.b:80", "[::1]:1", "A.", "..", "a:b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		name, ok := hostName(header)
		if !ok {
			if name != "" {
				t.Fatalf("%q was refused, and yet is %q", header, name)
			}
			return
		}
		if again, ok := hostName(name); !ok || again != name {
			t.Fatalf("%q became %q, which becomes %q (%v)", header, name, again, ok)
		}
		if name != strings.ToLower(name) || strings.ContainsAny(name, "/ @,\r\n\x00") || name == "" {
			t.Fatalf("%q became %q", header, name)
		}
	})
}
