package config

import (
	"maps"

	"github.com/lockstep-dev/lockstep"
)

// Current is a document in the format of today that says the same. In those
// of format 0 there were no references: ${ in what the matrix says is a text.
func Current(doc lockstep.ConfigDocument) lockstep.ConfigDocument {
	if doc.Format >= lockstep.ConfigFormat {
		return doc
	}
	doc.Format, doc.Services = lockstep.ConfigFormat, maps.Clone(doc.Services)
	for name, s := range doc.Services {
		s.Defaults, s.Env = escaped(s.Defaults), escaped(s.Env)
		doc.Services[name] = s
	}
	return doc
}

func escaped(env map[string]string) map[string]string {
	out := maps.Clone(env)
	for key, value := range out {
		out[key] = Escape(value)
	}
	return out
}
