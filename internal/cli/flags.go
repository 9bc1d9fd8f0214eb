package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) flagsCommand() *cobra.Command {
	var who string
	var with []string
	cmd := &cobra.Command{
		Use:   "flags ENV",
		Short: "Say which variant of each feature flag somebody gets, and why",
		Long: `Feature flags stand in the section features of a configuration (lockstep config).
This evaluates those that run, or those of the newest configuration where nothing
runs, as apps have it done over OpenFeature's protocol.

--for says who asks: the targeting key, by which rollouts give out their parts.
--with says what else is known of them. Values are YAML: 8 is a number, "8" a text.`,
		Example: "  lockstep flags staging\n  lockstep flags staging --for ana --with plan=team",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, rest, err := environmentArg(cmd, args)
			if err == nil {
				err = atMost(0)(cmd, rest)
			}
			if err != nil {
				return err
			}
			about, err := aboutWhom(who, with)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			flags, err := c.Flags(cmd.Context(), env, about)
			if err != nil {
				return err
			}
			waiting, err := flagsWaiting(cmd, c, env)
			if err != nil {
				return err
			}
			return a.print(flags, func(w io.Writer) { a.writeFlags(w, env, flags, waiting) })
		},
	}
	cmd.Flags().StringVar(&who, "for", "", "who asks: the targeting key")
	cmd.Flags().StringArrayVar(&with, "with", nil, "KEY=VALUE: what else is known of them; repeat it")
	environmentFlag(cmd)
	return cmd
}

// aboutWhom is the context that flags are evaluated for.
func aboutWhom(who string, with []string) (map[string]any, error) {
	about := map[string]any{}
	for _, text := range with {
		key, value, ok := strings.Cut(text, "=")
		if _, twice := about[key]; !ok || key == "" || twice {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "--with %s: write KEY=VALUE, each key once", text)
		}
		parsed, err := yamlValue(value)
		if err != nil {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "the value of --with %s is no YAML: put it in quotes", key)
		}
		about[key] = parsed
	}
	if who != "" {
		if _, twice := about["targetingKey"]; twice {
			return nil, lockstep.Errorf(lockstep.CodeInvalid, "choose one: --for, or --with targetingKey=")
		}
		about["targetingKey"] = who
	}
	return about, nil
}

// flagsWaiting is the number of the newest configuration where its flags are
// others than those that run, else 0.
func flagsWaiting(cmd *cobra.Command, c *client.Client, env string) (int64, error) {
	runs, err := c.ConfigVersion(cmd.Context(), env, "running")
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	newest, err := c.ConfigVersion(cmd.Context(), env, "latest")
	if err != nil || reflect.DeepEqual(flagsOf(runs), flagsOf(newest)) {
		return 0, err
	}
	return newest.Number, nil
}

func flagsOf(v lockstep.ConfigVersion) any {
	flags, _ := child(v.Document.Sections[lockstep.SectionFeatures], "flags")
	return flags
}

func (a *app) writeFlags(w io.Writer, env string, flags []client.FlagEvaluation, waiting int64) {
	p := a.paint(w)
	if len(flags) > 0 {
		t := table{head: []string{"FLAG", "VARIANT", "VALUE", "WHY"}}
		for _, f := range flags {
			why := reasonText(f)
			switch {
			case f.ErrorCode != "":
				why = p.bad(why)
			case f.Variant == "":
				why += "; " + p.dim("the app uses its own default")
			}
			t.add(f.Key, dash(f.Variant), flagValue(f), why)
		}
		t.write(w)
	}
	switch {
	case waiting > 0:
		line(w, "%s", p.dim(fmt.Sprintf("These are the flags that run; configuration %d has others. It ships with: %s", waiting, shipping(env))))
	case len(flags) == 0:
		line(w, "%s has no feature flags: lockstep config set %s 'features.flags.NAME={enabled: true}'", env, env)
	}
}

// reasonText says in words what OpenFeature has a term for.
func reasonText(f client.FlagEvaluation) string {
	if f.ErrorCode != "" {
		return f.ErrorCode + ": " + f.ErrorDetails
	}
	switch f.Reason {
	case "STATIC":
		return "everybody gets it"
	case "TARGETING_MATCH":
		return "a rule holds for them"
	case "SPLIT":
		return "their part of the rollout"
	case "DEFAULT":
		return "no rule holds for them"
	case "DISABLED":
		return "not enabled"
	}
	return f.Reason
}

func flagValue(f client.FlagEvaluation) string {
	if f.Value == nil {
		return "–"
	}
	if text, ok := f.Value.(string); ok {
		return valueLine(text)
	}
	raw, _ := json.Marshal(f.Value)
	return valueLine(string(raw))
}
