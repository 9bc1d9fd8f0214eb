package cli

import (
	"context"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"
)

func (a *app) dashboardCommand() *cobra.Command {
	var open bool
	cmd := &cobra.Command{
		Use:   "dashboard",
		Short: "Print an address that signs a browser in",
		Long: `The address works once, within 10 minutes. Whoever opens it is signed in with the
name and the role of the token that this command uses, until the session ends: 12
hours after it was used last, 7 days after it began, or with the token.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			code, err := c.SignInCode(cmd.Context())
			if err != nil {
				return err
			}
			address := c.SignInAddress(code)
			err = a.print(map[string]any{"address": address, "expiresAt": code.ExpiresAt}, func(w io.Writer) { line(w, "%s", address) })
			if err != nil || !open {
				return err
			}
			if err := openBrowser(cmd.Context(), a.dataDir(), address); err != nil {
				line(a.Err, "No browser could be opened (%v): open the address yourself.", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&open, "open", false, "and open it in a browser")
	return cmd
}

// openerPatience is how long to wait for what opens browsers to say that it
// cannot. Some go on for as long as the browser does.
const openerPatience = 2 * time.Second

// openBrowser leads a browser to an address that others must not see. In the
// arguments of a process everybody on the machine could: they name a file
// instead, which only this user can read and which leads on. It stays, with a
// code that has been used.
func openBrowser(ctx context.Context, dir, address string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	page := filepath.Join(dir, "sign-in.html")
	to := html.EscapeString(address)
	err := os.WriteFile(page, []byte(`<!doctype html><meta charset="utf-8"><title>Lockstep</title><meta name="referrer" content="no-referrer">`+
		`<meta http-equiv="refresh" content="0;url=`+to+`"><a href="`+to+`">Sign in</a>`+"\n"), 0o600)
	if err != nil {
		return err
	}
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	opener := exec.CommandContext(context.WithoutCancel(ctx), program, page) // the browser outlives this
	if err := opener.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- opener.Wait() }()
	enough := time.NewTimer(openerPatience)
	defer enough.Stop()
	select {
	case err := <-ended:
		return err
	case <-enough.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
