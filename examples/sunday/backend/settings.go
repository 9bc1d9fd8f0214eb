package main

import (
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

// settings shows which configuration reached the process. Of the *_URL
// variables it tells the names alone: values such as DATABASE_URL hold
// passwords.
func (s *server) settings(w http.ResponseWriter, _ *http.Request) {
	level := s.getenv("LOG_LEVEL")
	if level == "" {
		level = "info"
	}
	service.Answer(w, http.StatusOK, map[string]any{
		"LOG_LEVEL": level,
		"urlsSet":   urlNames(os.Environ()),
		"version":   s.id.Version,
	})
}

func urlNames(environ []string) []string {
	names := []string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasSuffix(name, "_URL") && value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
