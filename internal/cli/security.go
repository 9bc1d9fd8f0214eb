package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) securityCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "security ENV",
		Short: "Show weak spots in how an environment is run, the worst first",
		Long: `Looks at certificates, domains without HTTPS, secrets that are old, were revoked
and are still in use, or stand in the open, services without a user or a limit
of memory, and debugging in production. It looks into no program, and watches
for no intruder.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			r, err := c.Security(cmd.Context(), name)
			if err != nil {
				return err
			}
			return a.print(r, func(w io.Writer) {
				p := a.paint(w)
				for _, one := range r.Findings {
					line(w, "%s  %s: %s", p.severity(one.Severity), printable(one.Subject), printable(one.Message))
					line(w, "          %s", p.dim(printable(one.Do)))
				}
				if r.More > 0 {
					line(w, "… and %d more.", r.More)
				}
				if len(r.Findings) == 0 {
					line(w, "%s: nothing was found by %s.", r.Environment, count(len(r.Checks), "check"))
				}
				for _, check := range r.Checks {
					if check.Unknown != "" {
						line(w, "%s  %s: %s", p.warn("unknown "), check.Title, printable(check.Unknown))
					}
				}
			})
		},
	}
	environmentFlag(cmd)
	return cmd
}

func (p paint) severity(s lockstep.Severity) string {
	text := pad(string(s), 8)
	switch s {
	case lockstep.SeverityCritical, lockstep.SeverityHigh:
		return p.bad(text)
	case lockstep.SeverityMedium:
		return p.warn(text)
	case lockstep.SeverityLow:
	}
	return p.dim(text)
}
