package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// delivered are the flags that say whose environment is meant, as an instance
// gets it.
type delivered struct{ client.ResolvedQuery }

func (d *delivered) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&d.Service, "service", "", "as this service gets it")
	f.StringVar(&d.Version, "config", "", "which configuration: latest, running or a number (default: running, or latest where nothing runs)")
	environmentFlag(cmd)
}

// one is what one service gets. Where none is named it is what all get, as
// long as they get the same under the same name.
func (d *delivered) one(doc lockstep.ResolvedConfig) (lockstep.ResolvedService, error) {
	out := lockstep.ResolvedService{Env: map[string]string{}}
	differ := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(doc.Services)) {
		s := doc.Services[name]
		for key, value := range s.Env {
			before, known := out.Env[key]
			file, secret := slices.Contains(s.Files, key), slices.Contains(s.Secrets, key)
			if known && (before != value || file != slices.Contains(out.Files, key) || secret != slices.Contains(out.Secrets, key)) {
				differ[key] = true
			}
			if known {
				continue
			}
			out.Env[key] = value
			if file {
				out.Files = append(out.Files, key)
			}
			if secret {
				out.Secrets = append(out.Secrets, key)
			}
		}
	}
	if len(differ) > 0 {
		return out, lockstep.Errorf(lockstep.CodeInvalid, "services get different values of %s: say which is meant with --service (%s)",
			strings.Join(slices.Sorted(maps.Keys(differ)), ", "), strings.Join(slices.Sorted(maps.Keys(doc.Services)), ", "))
	}
	return out, nil
}

// withoutSecrets leaves out what is redacted, and tells which that is.
func (a *app) withoutSecrets(s lockstep.ResolvedService, hint string) {
	if len(s.Secrets) == 0 {
		return
	}
	slices.Sort(s.Secrets)
	for _, key := range s.Secrets {
		delete(s.Env, key)
	}
	line(a.Err, "Left out, because they are secrets or have one in them: %s. %s", strings.Join(s.Secrets, ", "), hint)
}
