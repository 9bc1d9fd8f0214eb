package matrix

import (
	"maps"
	"slices"
)

// Rescale is the text of a matrix with other numbers of instances, by
// environment and service; what it does not have is passed by. The rest of
// the text stays as it is, where its layout allows that. Otherwise it is
// written anew, without its comments, and says so. A text that is no matrix,
// or is none any more, stays.
func Rescale(src []byte, numbers map[string]map[string]int) []byte {
	m, err := Parse(src, "the matrix")
	if err != nil {
		return src
	}
	desired := m.Desired()
	out, changed, edited := src, false, true
	for i := range desired.Environments {
		env := &desired.Environments[i]
		env.Spec.Replicas = maps.Clone(env.Spec.Replicas)
		for _, service := range slices.Sorted(maps.Keys(numbers[env.Name])) {
			n := numbers[env.Name][service]
			if was, has := env.Spec.Replicas[service]; !has || was == n {
				continue
			}
			env.Spec.Replicas[service], changed = n, true
			if text, ok := rescaled(out, env.Name, service, n); ok && edited {
				out = text
			} else {
				edited = false
			}
		}
	}
	switch {
	case !changed:
		return src
	case edited:
		return out
	}
	const why = "# Written anew, without its comments: the numbers of instances that were scaled have no place in its layout.\n"
	return append([]byte(why), Export(desired)...)
}

// rescaled writes a number where the text says it: in the environment, beside
// those of other environments, or for the environment alone.
func rescaled(src []byte, environment, service string, n int) ([]byte, bool) {
	file, err := plainOf(src)
	if err != nil {
		return nil, false
	}
	inside := "environments." + environment + ".services." + service + ".replicas"
	path := inside
	if _, by := replicasBy(lookup(file, "services", service)); by && lookup(file, "environments", environment, "services", service, "replicas") == nil {
		path = "services." + service + ".replicas." + environment
	}
	for _, at := range slices.Compact([]string{path, inside}) {
		out, err := Set(src, at, n)
		if err != nil {
			continue
		}
		if m, err := Parse(out, "the matrix"); err == nil && says(m.Desired(), environment, service, n) {
			return out, true
		}
	}
	return nil, false
}

func says(d Desired, environment, service string, n int) bool {
	i := slices.IndexFunc(d.Environments, func(e DesiredEnvironment) bool { return e.Name == environment })
	return i >= 0 && d.Environments[i].Spec.ReplicasOf(service) == n
}

// lookup is what stands below keys; nil where nothing does.
func lookup(in any, keys ...string) any {
	for _, key := range keys {
		m, _ := in.(map[string]any)
		in = m[key]
	}
	return in
}
