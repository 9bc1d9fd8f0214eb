package engine

import (
	"context"
	"fmt"
)

// start asks for a group's replicas. One that runs already, because another
// revision shares it or because it was kept warm, is not started again.
func start(ctx context.Context, e effect) (string, error) {
	do := e.step.Do
	before, err := e.instances(ctx, do.Group)
	if err != nil {
		return "", err
	}
	if err := e.runtime.Start(ctx, e.call, do.Group, do.Replicas); err != nil {
		return "", err
	}
	switch {
	case do.Replicas == 0 && !e.environment.Enabled(do.Service):
		return fmt.Sprintf("%s gets no instances: %s is disabled", do.Group, do.Service), nil
	case do.Replicas == 0:
		return fmt.Sprintf("%s gets no instances: the environment wants 0 replicas", do.Group), nil
	case len(before) == do.Replicas:
		return fmt.Sprintf("%s runs already with %s: nothing restarts", do.Group, count(len(before), "instance")), nil
	case len(before) > do.Replicas:
		return fmt.Sprintf("%s keeps %s of %d", do.Group, count(do.Replicas, "instance"), len(before)), nil
	case len(before) > 0:
		return fmt.Sprintf("%s runs already with %s, now %d", do.Group, count(len(before), "instance"), do.Replicas), nil
	default:
		return fmt.Sprintf("%s starts with %s", do.Group, count(do.Replicas, "instance")), nil
	}
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
