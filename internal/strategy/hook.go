package strategy

import (
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// hooksOf are the environment's hooks as the target runs them. On the way back
// there are none before the deployment: what they did for the release that
// goes stays done, and a migration run again is not a migration back. Nor does
// a hook stand in the way that an older release is too old for.
func hooksOf(s Snapshot, back bool) ([]lockstep.StepAction, error) {
	var out []lockstep.StepAction
	for _, hook := range s.Environment.Spec.Hooks {
		if hook.Stage.OfSwitch() {
			continue
		}
		if back && hook.Stage == lockstep.HookPreDeployment {
			continue
		}
		do, err := hookAction(hook, s)
		if err != nil && back {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, do)
	}
	return out, nil
}

// switchHooks are those of a switch to the environment, as what runs there
// runs them.
func switchHooks(s Snapshot) ([]lockstep.StepAction, error) {
	s.Target = *s.Active
	var out []lockstep.StepAction
	for _, hook := range s.Environment.Spec.Hooks {
		if !hook.Stage.OfSwitch() {
			continue
		}
		do, err := hookAction(hook, s)
		if err != nil {
			return nil, err
		}
		out = append(out, do)
	}
	return out, nil
}

// SwitchNeeds are the services whose variables the hooks of a switch get
// without which it is taken back: those that are required.
func SwitchNeeds(s Snapshot) ([]string, error) {
	hooks, err := switchHooks(s)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, do := range hooks {
		if do.Hook.Required && do.Service != "" && !slices.Contains(out, do.Service) {
			out = append(out, do.Service)
		}
	}
	return out, nil
}

// hookAction is a hook as the target runs it.
func hookAction(hook lockstep.Hook, s Snapshot) (lockstep.StepAction, error) {
	service, err := hookService(hook, s)
	if err != nil {
		return lockstep.StepAction{}, err
	}
	frozen := frozenHook(hook, s.Target.Content.Release)
	return lockstep.StepAction{
		Revision: s.Target.ID, Service: service, Hook: &frozen,
		Timeout: lockstep.Duration(hook.Timeout.Or(lockstep.DefaultHookTimeout)),
	}, nil
}

// hookService is the service in whose files a hook runs: the one that it
// names, else the first that has any, else the first. "" is a release without
// services.
func hookService(hook lockstep.Hook, s Snapshot) (string, error) {
	services := s.Target.Content.Services
	names := make([]string, len(services))
	for i, spec := range services {
		names[i] = spec.Name
	}
	if hook.HTTP != nil {
		return "", nil
	}
	switch artifact := slices.IndexFunc(services, func(spec lockstep.ServiceSpec) bool { return spec.Artifact != "" }); {
	case hook.Service != "" && !slices.Contains(names, hook.Service):
		return "", lockstep.Errorf(lockstep.CodeInvalid,
			"hook %s of %s runs in the files of service %s, which release %s does not have (it has %s): change its service in the matrix, or deploy another release",
			hook.Name, s.Environment.Name, hook.Service, s.Target.Content.Release, strings.Join(names, ", "))
	case hook.Service != "":
		return hook.Service, nil
	case artifact >= 0:
		return names[artifact], nil
	case len(names) > 0:
		return names[0], nil
	default:
		return "", nil
	}
}

// frozenHook has {{version}} filled in, as services have it.
func frozenHook(hook lockstep.Hook, version string) lockstep.Hook {
	fill := func(text string) string { return strings.ReplaceAll(text, "{{version}}", version) }
	hook.Run, hook.Env = slices.Clone(hook.Run), maps.Clone(hook.Env)
	for i, arg := range hook.Run {
		hook.Run[i] = fill(arg)
	}
	for name, value := range hook.Env {
		hook.Env[name] = fill(value)
	}
	return hook
}

var hookPrefixes = map[lockstep.HookStage]string{
	lockstep.HookPreDeployment: "pre-hook-", lockstep.HookPostDeployment: "post-hook-",
	lockstep.HookPreSwitch: "pre-switch-hook-", lockstep.HookPostSwitch: "post-switch-hook-",
}

// runHooks adds those of a stage, one after the other.
func (b *builder) runHooks(stage lockstep.HookStage) {
	prefix := hookPrefixes[stage]
	for _, do := range b.hooks {
		if do.Hook.Stage == stage {
			b.add(prefix+do.Hook.Name, lockstep.StepHook, do)
		}
	}
}
