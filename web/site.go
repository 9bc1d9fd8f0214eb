package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// policy lets the page load and call this server alone. Styles in the page
// are allowed because components set them on elements; scripts are not.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// How long browsers keep what they got.
const (
	keep  = "public, max-age=31536000, immutable"
	asked = "no-cache"
)

// assets is the folder whose files have hashes in their names.
const assets = "assets/"

// encodings are what the build makes of each file, the best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// site is a built dashboard, read once.
type site struct {
	files map[string]file // by path, "assets/app-1a2b.js"
	index file
}

// file is one file in all the forms that it is served in.
type file struct {
	contentType string
	plain       form
	packed      map[string]form // by encoding
}

type form struct {
	content []byte
	etag    string
}

func newSite(built fs.FS) site {
	s := site{files: map[string]file{}, index: file{contentType: "text/html; charset=utf-8", plain: newForm(unbuilt)}}
	if built == nil {
		return s
	}
	contents := map[string][]byte{}
	err := fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		contents[name], err = fs.ReadFile(built, name)
		return err
	})
	if err != nil || contents["index.html"] == nil {
		return s // it is not built
	}
	for name, content := range contents {
		if packs(contents, name) {
			continue
		}
		f := file{contentType: contentType(name), plain: newForm(content), packed: map[string]form{}}
		for _, e := range encodings {
			if packed, ok := contents[name+e.suffix]; ok {
				f.packed[e.name] = newForm(packed)
			}
		}
		s.files[name] = f
	}
	s.index = s.files["index.html"]
	return s
}

// packs reports whether the file is a packed form of another.
func packs(contents map[string][]byte, name string) bool {
	for _, e := range encodings {
		if of, ok := strings.CutSuffix(name, e.suffix); ok && contents[of] != nil {
			return true
		}
	}
	return false
}

func newForm(content []byte) form {
	sum := sha256.Sum256(content)
	return form{content: content, etag: `"` + hex.EncodeToString(sum[:16]) + `"`}
}

// contentType does not ask the machine's own table, which differs from one to the next.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "the dashboard is only read", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "api" || strings.HasPrefix(name, "api/") {
		http.NotFound(w, r)
		return
	}
	f, found := s.files[name]
	hashed := strings.HasPrefix(name, assets)
	switch {
	case found && hashed:
		h.Set("Cache-Control", keep)
	case hashed:
		// A page from before an upgrade asks for what is no more: index.html in its place would be run as a script.
		http.NotFound(w, r)
		return
	default:
		h.Set("Cache-Control", asked)
	}
	if !found {
		f = s.index
	}
	f.serve(w, r)
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	chosen := f.plain
	if len(f.packed) > 0 {
		h.Set("Vary", "Accept-Encoding")
		for _, e := range encodings {
			packed, ok := f.packed[e.name]
			if ok && accepts(r.Header.Values("Accept-Encoding"), e.name) {
				h.Set("Content-Encoding", e.name)
				chosen = packed
				break
			}
		}
	}
	h.Set("Content-Type", f.contentType)
	h.Set("ETag", chosen.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(chosen.content))
}

// accepts reads Accept-Encoding as far as it matters: names, and q=0.
func accepts(headers []string, encoding string) bool {
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
			if strings.EqualFold(strings.TrimSpace(name), encoding) {
				_, q, weighed := strings.Cut(strings.TrimSpace(weight), "=")
				return !weighed || strings.Trim(strings.TrimSpace(q), "0.") != ""
			}
		}
	}
	return false
}
