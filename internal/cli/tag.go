package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) tagCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tag ENV [KEY=VALUE…] [KEY-…]",
		Short: "Tag an environment, or take tags away",
		Long: `Tags are for people: lockstep list shows them, and lists with --tag those that
have one. KEY=VALUE sets one, KEY- takes it away; without any they are printed.`,
		Example: "  lockstep tag staging team=shop tier=2\n  lockstep tag staging tier-\n  lockstep list --tag team=shop",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, rest, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			set, remove, err := tagArgs(rest)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			env, err := c.Environment(cmd.Context(), name)
			if err == nil && len(rest) > 0 {
				env, err = c.Tag(cmd.Context(), env.ID, set, remove)
			}
			if err != nil {
				return err
			}
			return a.print(env, func(w io.Writer) {
				line(w, "%s: %s", env.Name, dash(strings.Join(env.Metadata.Tags, " ")))
			})
		},
	}
	environmentFlag(cmd)
	return cmd
}

func tagArgs(args []string) (set map[string]string, remove []string, err error) {
	set = map[string]string{}
	for _, arg := range args {
		if key, value, ok := strings.Cut(arg, "="); ok {
			set[key] = value
		} else if key, ok := strings.CutSuffix(arg, "-"); ok {
			remove = append(remove, key)
		} else {
			return nil, nil, lockstep.Invalid("tags", "%q is neither KEY=VALUE nor KEY-", arg)
		}
	}
	return set, remove, nil
}

// tagged says that an environment has each of the tags: key=value, or a key.
func tagged(env lockstep.Environment, tags []string) bool {
	return !slices.ContainsFunc(tags, func(want string) bool {
		return !slices.ContainsFunc(env.Metadata.Tags, func(has string) bool {
			key, _, _ := strings.Cut(has, "=")
			return has == want || key == want
		})
	})
}
