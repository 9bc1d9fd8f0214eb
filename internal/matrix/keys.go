package matrix

import "slices"

// keys is a table of what a mapping may hold: names, and what reads each of
// them into a T. The known names, the suggestions for unknown ones and the
// decoding all come from the one table, and a test compares it with the
// published schema.
type keys[T any] []key[T]

type key[T any] struct {
	name string
	read func(v value, into *T)
}

// read decodes the mapping v in the order of the table, which need not be the
// order of the file.
func (ks keys[T]) read(v value, into *T) bool {
	fields, ok := v.fields()
	if !ok {
		return false
	}
	at := make(map[string]value, len(fields))
	for _, f := range fields {
		if ks.known(f.name) {
			at[f.name] = f.value
			continue
		}
		v.d.problems.add(f.key.offset, f.key.field, v.d.unknownKey(f.name, ks.names()), "unknown key %q", clip(f.name))
	}
	for _, k := range ks {
		if child, ok := at[k.name]; ok {
			k.read(child, into)
		}
	}
	return true
}

func (ks keys[T]) known(name string) bool {
	for _, k := range ks {
		if k.name == name {
			return true
		}
	}
	return false
}

func (ks keys[T]) names() []string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = k.name
	}
	return out
}

// synonyms are what other tools, and other parts of the file, call our keys.
var synonyms = map[string][]string{
	"cmd":                 {"command", "run"},
	"command":             {"run"},
	"script":              {"run"},
	"when":                {"stage"},
	"entrypoint":          {"command"},
	"healthcheck":         {"health", "check"},
	"healthCheck":         {"check"},
	"health":              {"check"},
	"password":            {"passwordFile"},
	"passwordEnv":         {"passwordFile"},
	"username":            {"user"},
	"thresholds":          {"warn"},
	"livenessProbe":       {"health"},
	"readinessProbe":      {"health"},
	"environment":         {"env"},
	"variables":           {"env"},
	"vars":                {"env"},
	"ports":               {"port"},
	"path":                {"routes"},
	"paths":               {"routes"},
	"host":                {"domains"},
	"hosts":               {"domains"},
	"hostnames":           {"domains"},
	"scale":               {"replicas"},
	"instances":           {"replicas"},
	"limits":              {"resources"},
	"depends":             {"dependsOn"},
	"needs":               {"dependsOn"},
	"approval":            {"approvals", "approval_required"},
	"approvals":           {"approval_required"},
	"validation":          {"validation_required"},
	"validation_required": {"validation"},
	"apps":                {"services"},
	"stages":              {"pipeline"},
	"intended":            {"specific"},
}

// homes are the keys that have to stand one level deeper.
var homes = map[string]string{
	"primary": "strategy", "alternatives": "strategy", "weights": "strategy", "pause": "strategy", "warmFor": "strategy",
	"maxSurge": "strategy", "drainTimeout": "strategy", "holdTimeout": "strategy", "stableFor": "strategy",
	"maxUnavailable": "strategy", "analysis": "strategy", "sticky": "strategy", "testers": "strategy", "mirror": "strategy",
	"recipe":      "strategy",
	"probes":      "analysis",
	"rules":       "analysis",
	"minRequests": "analysis", "errorMargin": "analysis", "latencyMargin": "analysis", "deadline": "analysis",
	"env": "services", "replicas": "services", "command": "services", "routes": "services", "health": "services",
	"interval": "health", "startTimeout": "health", "healthyAfter": "health", "unhealthyAfter": "health",
	"cpu": "resources", "memory": "resources",
	"passwordFile": "check", "latencyAbove": "warn", "pendingAbove": "warn", "usedAbove": "warn", "hitRatioBelow": "warn",
	"replicasBelow": "warn", "nodesBelow": "warn", "expiresWithin": "warn",
}

func (d *decoder) unknownKey(name string, known []string) string {
	if home, ok := homes[name]; ok && slices.Contains(known, home) {
		if home == "services" {
			home = "services.<name>"
		}
		return "it stands under " + home
	}
	for _, other := range synonyms[name] {
		if slices.Contains(known, other) {
			return "did you mean " + other + "?"
		}
	}
	return d.names.didYouMeanOr(name, known)
}
