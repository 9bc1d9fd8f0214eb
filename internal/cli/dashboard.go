package cli

import (
	"context"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
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
			if err := openBrowser(cmd.Context(), address); err != nil {
				line(a.Err, "No browser could be opened (%v): open the address yourself.", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&open, "open", false, "and open it in a browser")
	return cmd
}

// browserPatience is how long a browser may take to read what it is to open.
const browserPatience = 10 * time.Second

// openBrowser leads a browser to an address that others must not see. In the
// arguments of a process everybody on the machine could: they name a file
// instead, which only this user can read and which leads on.
func openBrowser(ctx context.Context, address string) (err error) {
	page, err := os.CreateTemp("", "lockstep-*.html") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(page.Name()) //nolint:errcheck // what it holds ends by itself
	_, err = fmt.Fprintf(page, "<!doctype html><meta charset=utf-8><title>Lockstep</title><meta name=referrer content=no-referrer><meta http-equiv=refresh content=\"0;url=%s\"><a href=\"%[1]s\">Sign in</a>\n", html.EscapeString(address))
	if closed := page.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	opener := exec.CommandContext(context.WithoutCancel(ctx), program, page.Name()) // the browser outlives this
	if err := opener.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- opener.Wait() }()
	enough := time.NewTimer(browserPatience)
	defer enough.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				return err
			}
			ended = nil // it has told a browser, which reads the page now
		case <-enough.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
