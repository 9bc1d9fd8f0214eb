package cli

import (
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) tokenCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "token",
		Short: "Who may call, and what they may do",
		Long: `A token is a name and a role. What is done with it is told under its name. The
roles:

  viewer    sees everything but the values of secrets, and tries dry runs
  operator  changes everything, and approves
  admin     sees the values of secrets too, makes tokens, and rotates keys
  flags     evaluates feature flags, and nothing else: for apps

The administrator's token, which is in the server's data directory, is admin.`,
		Args: cobra.ArbitraryArgs,
	}, a.tokenCreateCommand(), a.tokenListCommand(), a.tokenRevokeCommand(), a.tokenSignOutCommand())
}

func (a *app) tokenCreateCommand() *cobra.Command {
	var req client.TokenRequest
	var role string
	cmd := &cobra.Command{
		Use:   "create NAME --role ROLE",
		Short: "Make a token; it is shown this once",
		Long: `Prints the token, alone on its line where this is a pipe. It is kept nowhere:
who loses it is given another one.`,
		Example: "  lockstep token create ana --role operator --expires 90d\n  lockstep token create ci --role operator | gh secret set LOCKSTEP_TOKEN",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if role == "" {
				return lockstep.Invalid("role", "say what it may do: --role viewer, operator, admin or flags")
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			req.Name, req.Role = args[0], lockstep.Role(role)
			t, err := c.CreateToken(cmd.Context(), req)
			if err != nil {
				return err
			}
			if a.flags.output == "table" {
				line(a.Err, "%s: it is shown this once", tokenText(t.Token))
			}
			return a.print(t, func(w io.Writer) { line(w, "%s", t.Text) })
		},
	}
	cmd.Flags().StringVar(&role, "role", "", "viewer, operator, admin or flags")
	cmd.Flags().StringVar(&req.ExpiresIn, "expires", "", "for how long it holds, as in 12h or 90d (default: until it is revoked)")
	return cmd
}

func tokenText(t lockstep.Token) string {
	text := "token " + t.Name + " with the role " + string(t.Role)
	if t.ExpiresAt != nil {
		text += ", until " + t.ExpiresAt.Local().Format("2006-01-02 15:04")
	}
	return text
}

func (a *app) tokenListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the tokens by name",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			list, err := c.Tokens(cmd.Context(), all)
			if err != nil {
				return err
			}
			return a.print(map[string]any{"items": list}, func(w io.Writer) { a.tokenTable(w, list) })
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "those that were revoked, too")
	return cmd
}

func (a *app) tokenTable(w io.Writer, list []lockstep.Token) {
	if len(list) == 0 {
		line(w, "No tokens beside the administrator's: lockstep token create NAME --role viewer")
		return
	}
	p, now := a.paint(w), time.Now()
	t := table{head: []string{"TOKEN", "ROLE", "MADE", "BY", "USED", "SESSIONS", "ENDS"}}
	for _, one := range list {
		used, ends := "never", "–"
		if one.LastUsedAt != nil {
			used = ago(now, *one.LastUsedAt)
		}
		switch {
		case one.RevokedAt != nil:
			ends = p.bad("revoked " + ago(now, *one.RevokedAt) + " by " + one.RevokedBy)
		case one.ExpiresAt != nil && one.ExpiresAt.Before(now):
			ends = p.bad("expired " + ago(now, *one.ExpiresAt))
		case one.ExpiresAt != nil:
			ends = one.ExpiresAt.Local().Format("2006-01-02 15:04")
		}
		t.add(one.Name, string(one.Role), ago(now, one.CreatedAt), one.CreatedBy, used, strconv.Itoa(one.Sessions), ends)
	}
	t.write(w)
}

func (a *app) tokenSignOutCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sign-out NAME",
		Short: "End every session of the dashboard that was begun with a token",
		Long: `The token itself goes on to hold: whoever has it can sign in again. Use it where
a browser was left open somewhere; "lockstep token list" shows how many there are.`,
		Example: "  lockstep token sign-out ana\n  lockstep token sign-out admin   # the administrator's, in the server's data directory",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			ended, err := c.SignOutToken(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(map[string]int{"ended": ended}, func(w io.Writer) {
				switch ended {
				case 0:
					line(w, "nobody is signed in with the token %s", args[0])
				case 1:
					line(w, "1 session of the token %s is ended", args[0])
				default:
					line(w, "%d sessions of the token %s are ended", ended, args[0])
				}
			})
		},
	}
}

func (a *app) tokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke NAME",
		Short: "End a token at once, with every session that was begun with it",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			t, err := c.RevokeToken(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(t, func(w io.Writer) { line(w, "token %s is revoked", t.Name) })
		},
	}
}
