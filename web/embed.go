package web

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed all:dist
var dist embed.FS

//go:embed unbuilt.html
var unbuilt []byte

// Handler serves the dashboard that this binary was built with.
func Handler() http.Handler {
	built, err := fs.Sub(dist, "dist/site")
	if err != nil {
		return newSite(nil) // only where the name is not valid, which it is
	}
	return newSite(built)
}

// Built reports whether the dashboard is in this binary.
func Built() bool {
	_, err := fs.Stat(dist, "dist/site/index.html")
	return err == nil
}
