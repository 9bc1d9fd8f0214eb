package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) varsWhoUsesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "who-uses ENV KEY",
		Short: "Show which instances and revisions have which value of a secret",
		Long: `Lists the values of a secret, by version, with the instances that run with each
and the revisions that need it: what runs, what is kept warm, and what is on its
way. A secret of the project or of a type is looked for in every environment.
Values are never shown.`,
		Example: "  lockstep vars who-uses production DB_PASSWORD\n  lockstep vars who-uses production backend/API_KEY",
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			uses, err := c.SecretUses(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			return a.print(uses, func(w io.Writer) {
				for i, use := range uses.Items {
					if i > 0 {
						line(w, "")
					}
					a.secretUse(w, use)
				}
			})
		},
	}
	return cmd
}

// secretOwner says whose a secret is.
func secretOwner(use lockstep.SecretUse) string {
	return string(use.Secret.Place.Level) + " " + use.Owner
}

func (a *app) secretUse(w io.Writer, use lockstep.SecretUse) {
	p := a.paint(w)
	line(w, "%s of %s  %s", use.Secret.Place.Key, secretOwner(use), p.dim(use.Secret.ID))
	t := table{head: []string{"VERSION", "SET", "BY", "INSTANCES", "REVISIONS"}}
	for _, v := range use.Versions {
		set := age(time.Now(), v.CreatedAt)
		if v.RevokedAt != nil {
			set = p.dim("revoked " + age(time.Now(), *v.RevokedAt))
		}
		t.add(fmt.Sprint(v.Version), set, v.CreatedBy, dash(instancesText(v.Instances)), dash(revisionsText(v.Revisions)))
	}
	t.write(w)
	for _, name := range use.Unseen {
		line(w, "%s", p.warn("The host of "+name+" does not answer: what runs there is not listed."))
	}
}

// instancesText counts instances by environment and service.
func instancesText(all []lockstep.SecretInstance) string {
	counts := map[string]int{}
	var order []string
	for _, i := range all {
		name := i.Environment + "/" + i.Service
		if counts[name] == 0 {
			order = append(order, name)
		}
		counts[name]++
	}
	slices.Sort(order)
	for i, name := range order {
		order[i] = fmt.Sprintf("%s ×%d", name, counts[name])
	}
	return strings.Join(order, ", ")
}

func revisionsText(all []lockstep.SecretRevision) string {
	words := make([]string, len(all))
	for i, r := range all {
		words[i] = fmt.Sprintf("%s %s of %s (%s)", lockstep.ShortHash(r.Revision), r.Release, r.Environment, r.Role)
	}
	return strings.Join(words, ", ")
}

func (a *app) varsRevokeCommand() *cobra.Command {
	var req lockstep.SecretRevocation
	var yes bool
	cmd := &cobra.Command{
		Use:   "revoke ENV KEY",
		Short: "Remove a value of a secret for good",
		Long: `Deletes what is kept of one value of a secret. It is refused while an instance
runs with it or a revision in use needs it, and for the newest value; --force
takes it away all the same. What needs it later, such as a rollback, is refused
before anything happens.`,
		Example: "  lockstep vars revoke production DB_PASSWORD --version 3",
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if req.Version < 1 {
				return lockstep.Invalid("version", "name the version to revoke (--version N); lockstep vars who-uses %s %s lists them", args[0], args[1])
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			if !yes {
				if err := a.confirm(fmt.Sprintf("Remove version %d of %s for good?", req.Version, args[1])); err != nil {
					return err
				}
			}
			use, err := c.RevokeSecret(cmd.Context(), args[0], args[1], req)
			if err != nil {
				return err
			}
			return a.print(use, func(w io.Writer) {
				line(w, "%s version %d of %s is revoked: nobody can open it any more.", use.Secret.Place.Key, req.Version, secretOwner(use))
			})
		},
	}
	f := cmd.Flags()
	f.Int64Var(&req.Version, "version", 0, "which value")
	f.StringVar(&req.SecretID, "secret-id", "", "which secret, where several levels have one of that key")
	f.BoolVar(&req.Force, "force", false, "although somebody has it")
	f.BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
