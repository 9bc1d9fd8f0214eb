package matrix

import (
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// hook is one of environments.<name>.hooks.
type hook struct {
	lockstep.Hook
	service place // where it says its service
	http    place // where it says what it sends
}

const (
	maxHooks   = 50 // of one environment
	maxRetries = 10
)

// hookPlaceholders are those that a command has that listens nowhere.
var hookPlaceholders = []string{"environment", "project", "version"}

var hookKeys = keys[hook]{
	{"name", func(v value, h *hook) {
		if s, ok := v.filled(); ok {
			if !plainName.MatchString(s) {
				v.wrong("", "hook name %q: use letters, digits, hyphens and underscores", clip(s))
			}
			h.Name = s
		}
	}},
	{"stage", func(v value, h *hook) {
		h.Stage, _ = choice(v, "stage", lockstep.HookStages())
		if h.Stage == "" {
			h.Stage = "wrong" // reported
		}
	}},
	{"run", func(v value, h *hook) { h.Run = v.program(value.hookTemplate) }},
	{"http", func(v value, h *hook) {
		h.HTTP = &lockstep.HTTPHook{}
		h.http = v.at()
		httpHookKeys.read(v, h.HTTP)
		if v.n.kind == mapping && !v.has("url") {
			v.wrong("write {url: https://example.com/deployed}", "a request needs a url")
		}
	}},
	{"required", func(v value, h *hook) {
		if b, ok := v.boolean(); ok {
			h.Required = b
		}
	}},
	{"timeout", func(v value, h *hook) { setDuration(v, time.Millisecond, maxHookTime, &h.Timeout) }},
	{"retries", func(v value, h *hook) { h.Retries, _ = v.integer(0, maxRetries) }},
	{"service", func(v value, h *hook) {
		h.Service, _ = v.filled()
		h.service = v.at()
	}},
	{"env", func(v value, h *hook) { h.Env = readEnv(v, value.hookTemplate) }},
}

func readHooks(v value) []hook {
	items, ok := v.list()
	if !ok {
		return nil
	}
	if len(items) > maxHooks {
		v.wrong("", "%d hooks are more than %d", len(items), maxHooks)
		return nil
	}
	names := make([]word, 0, len(items))
	out := make([]hook, 0, len(items))
	for _, item := range items {
		h := hook{Hook: lockstep.Hook{Required: true}}
		if !hookKeys.read(item, &h) {
			continue
		}
		if h.Name != "" {
			names = append(names, word{h.Name, item.at()})
		}
		if h.Name == "" || h.Stage == "" || !item.has("run") && !item.has("http") {
			item.wrong("write {name: migrate, stage: pre-deployment, run: [./migrate]}", "a hook needs name, stage, and run or http")
		}
		h.checkHTTP(item)
		out = append(out, h)
	}
	v.once(names)
	return out
}

// hookTemplate is a text with any of the placeholders that a hook has.
func (v value) hookTemplate() (string, bool) {
	s, ok := v.text()
	return s, ok && v.placeholders(s, hookPlaceholders...)
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

// checkHooks: the services that hooks name exist.
func (d *decoder) checkHooks(doc *document) {
	names := doc.serviceNames()
	for _, e := range doc.environments {
		for _, h := range e.hooks {
			if h.Service != "" && !slices.Contains(names, h.Service) {
				d.report(h.service, d.names.didYouMeanOr(h.Service, names), "no service %s in services", clip(h.Service))
			}
		}
	}
}

// hookTree is a hook without what it need not say.
func hookTree(h lockstep.Hook) branch {
	b := branch{"name": h.Name, "stage": string(h.Stage)}
	b.put("run", anyList(h.Run))
	if h.HTTP != nil {
		b["http"] = map[string]any(httpHookTree(*h.HTTP))
	}
	if !h.Required {
		b["required"] = false
	}
	b.put("timeout", duration(h.Timeout))
	b.put("retries", h.Retries)
	b.put("service", h.Service)
	b.put("env", anyMap(h.Env))
	return b
}

func anyMap(texts map[string]string) map[string]any {
	out := make(map[string]any, len(texts))
	for name, text := range texts {
		out[name] = text
	}
	return out
}

// hookTrees are mappings, which a plan compares one by one.
func hookTrees(hooks []lockstep.Hook) []any {
	out := make([]any, len(hooks))
	for i, h := range hooks {
		out[i] = map[string]any(hookTree(h))
	}
	return out
}

func exportHooks(hooks []lockstep.Hook) []any {
	out := make([]any, len(hooks))
	for i, h := range hooks {
		tree := hookTree(h)
		if h.HTTP != nil {
			tree["http"] = inOrder(httpHookTree(*h.HTTP), httpHookKeys.names())
		}
		out[i] = inOrder(tree, hookKeys.names())
	}
	return out
}
