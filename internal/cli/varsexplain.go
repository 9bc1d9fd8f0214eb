package cli

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) varsExplainCommand() *cobra.Command {
	var service string
	cmd := &cobra.Command{
		Use:     "explain ENV KEY",
		Short:   "Say where a value comes from: who says it, and who wins",
		Example: "  lockstep vars explain production LOG_LEVEL --service backend",
		Args:    betweenArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, key, err := environmentAnd(cmd, args, "something is missing")
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			all, err := c.ExplainVariable(cmd.Context(), env, key, service)
			if err != nil {
				return err
			}
			return a.print(all, func(w io.Writer) {
				for i, group := range alike(all) {
					if i > 0 {
						line(w, "")
					}
					a.writeExplanation(w, env, group)
				}
			})
		},
	}
	cmd.Flags().StringVar(&service, "service", "", "only for this service")
	environmentFlag(cmd)
	return cmd
}

// alike puts services together that have the same story.
func alike(all []client.VariableExplanation) (out [][]client.VariableExplanation) {
next:
	for _, e := range all {
		for i, group := range out {
			first := group[0]
			first.Service = e.Service
			if reflect.DeepEqual(first, e) {
				out[i] = append(group, e)
				continue next
			}
		}
		out = append(out, []client.VariableExplanation{e})
	}
	return out
}

func (a *app) writeExplanation(w io.Writer, env string, group []client.VariableExplanation) {
	p := a.paint(w)
	e := group[0]
	names := make([]string, len(group))
	for i, g := range group {
		names[i] = g.Service
	}
	value := valueLine(e.Value)
	switch {
	case e.Value == lockstep.Redacted:
		value = p.dim(lockstep.Redacted)
	case e.Value == "":
		value = p.dim("no value")
	}
	line(w, "%s in %s, for %s: %s", e.Key, env, strings.Join(names, ", "), value)
	var t table
	for _, s := range e.Said {
		mark, note := " ", p.dim(s.Why)
		if s.Wins {
			mark, note = p.good("✓"), ""
		}
		t.add("  "+mark+" "+originText(s.Variable), scopeText(s.Variable), valueText(p, s.Variable, s.Value), note)
	}
	t.write(w)
	for _, r := range e.References {
		if r.Level == "" {
			line(w, "  ${%s} %s", r.Key, p.bad("does not exist"))
			continue
		}
		line(w, "  ${%s} = %s  %s", r.Key, valueLine(r.Value), p.dim(fmt.Sprintf("%s %s", r.Level, r.Owner)))
	}
	a.writeProblems(w, e.Problems, "Nothing can be deployed with it:")
}

func scopeText(v lockstep.Variable) string {
	if v.Target != "" {
		return string(v.Scope) + " " + v.Target
	}
	return string(v.Scope)
}
