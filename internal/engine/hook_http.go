package engine

import (
	"net/url"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// filled is a request with its placeholders filled in. In a URL they are
// escaped, so that a version with a plus in it stays one.
func (e effect) filled(h lockstep.HTTPHook, revision lockstep.Revision, previous string) lockstep.HTTPHook {
	values := map[string]string{
		"environment": e.environment.Name,
		"from":        e.switchedFrom(),
		"hook":        e.step.Do.Hook.Name,
		"operation":   e.operation.ID,
		"previous":    previous,
		"project":     e.environment.Project,
		"revision":    lockstep.ShortHash(revision.Hash),
		"step":        e.call.Key,
		"version":     revision.Content.Release,
	}
	var pairs, escaped []string
	for _, name := range lockstep.HTTPHookPlaceholders() {
		pairs = append(pairs, "{{"+name+"}}", values[name])
		escaped = append(escaped, "{{"+name+"}}", url.QueryEscape(values[name]))
	}
	fill := strings.NewReplacer(pairs...)
	h.URL, h.Body = strings.NewReplacer(escaped...).Replace(h.URL), fill.Replace(h.Body)
	headers := make(map[string]string, len(h.Headers))
	for name, value := range h.Headers {
		headers[name] = fill.Replace(value)
	}
	h.Headers = headers
	return h
}
