package matrix

import (
	"time"
)

// hook is one of environments.<name>.hooks. It is checked and recorded as it
// is written.
type hook struct{ name, stage string }

type hookStage string

var hookStages = []hookStage{"pre-deployment", "post-deployment"}

var hookKeys = keys[hook]{
	{"name", func(v value, h *hook) {
		if s, ok := v.filled(); ok {
			if !plainName.MatchString(s) {
				v.wrong("", "hook name %q: use letters, digits, hyphens and underscores", clip(s))
			}
			h.name = s
		}
	}},
	{"stage", func(v value, h *hook) {
		s, _ := choice(v, "stage", hookStages)
		h.stage = string(s)
		if h.stage == "" {
			h.stage = "wrong" // reported
		}
	}},
	{"run", func(v value, _ *hook) {
		v.program(value.text)
	}},
	{"required", func(v value, _ *hook) { v.boolean() }},
	{"timeout", func(v value, _ *hook) { v.duration(time.Millisecond, maxPause) }},
}

func readHooks(v value) (any, bool) {
	items, ok := v.list()
	if !ok {
		return nil, false
	}
	names := make([]word, 0, len(items))
	for _, item := range items {
		var h hook
		if !hookKeys.read(item, &h) {
			continue
		}
		if h.name != "" {
			names = append(names, word{h.name, item.at()})
		}
		if h.name == "" || h.stage == "" || !item.has("run") {
			item.wrong("write {name: migrate, stage: pre-deployment, run: [./migrate]}", "a hook needs name, stage and run")
		}
	}
	v.once(names)
	return v.recorded()
}

// has says whether the mapping has a key.
func (v value) has(name string) bool {
	for _, e := range v.n.entries {
		if e.key.text == name {
			return true
		}
	}
	return false
}
