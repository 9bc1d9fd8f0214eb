package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) syncHistoryCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "history [ENV]",
		Short: "List syncs, newest first",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			env, _ := cmd.Flags().GetString("environment")
			if len(args) > 0 {
				env = args[0]
			}
			list, err := c.Syncs(cmd.Context(), env, client.Page{Limit: limit})
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) { a.writeSyncs(w, list.Items) })
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "how many")
	environmentFlag(cmd)
	return cmd
}

func (a *app) writeSyncs(w io.Writer, items []lockstep.SyncResult) {
	if len(items) == 0 {
		line(w, "Nothing was synced yet: lockstep sync SOURCE TARGET")
		return
	}
	p := a.paint(w)
	t := table{head: []string{"ID", "FROM", "TO", "TYPE", "STATUS", "CHANGES", "AGE", "BY", "NOTE"}}
	for _, s := range items {
		applied := 0
		for _, c := range s.Changes {
			if c.Status == lockstep.ChangeApplied {
				applied++
			}
		}
		t.add(shortID(s.ID), s.Source, s.Target, strings.ReplaceAll(string(s.SyncType), "_", " "), outcome(p, operationStatusOf(s.Status)),
			fmt.Sprint(applied), age(time.Now(), s.StartedAt), s.StartedBy, syncNote(s))
	}
	t.write(w)
}

func operationStatusOf(s lockstep.SyncStatus) lockstep.OperationStatus {
	return lockstep.OperationStatus(s)
}

func syncNote(s lockstep.SyncResult) string {
	switch {
	case s.Undone != nil:
		return "undone by " + s.Undone.By
	case s.Error != "":
		first, _, _ := strings.Cut(s.Error, "\n")
		return first
	}
	return s.Options.Description
}

func (a *app) syncShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show a sync and each of its changes",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			s, err := a.findSync(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			return a.print(s, func(w io.Writer) {
				a.writeSync(w, s)
				pairs(w, "status", outcome(a.paint(w), operationStatusOf(s.Status)), "error", s.Error, "asked", ago(time.Now(), s.StartedAt)+" by "+s.StartedBy,
					"made", madeText(s), "note", s.Options.Description, "undone", undoneText(s), "ID", s.ID)
			})
		},
	}
}

func madeText(s lockstep.SyncResult) string {
	if s.NewVersion == 0 {
		return ""
	}
	text := fmt.Sprintf("configuration %d of %s", s.NewVersion, s.Target)
	if s.DeploymentID != "" {
		text += ", and deployment " + shortID(s.DeploymentID)
	}
	return text
}

func undoneText(s lockstep.SyncResult) string {
	if s.Undone == nil {
		return ""
	}
	return fmt.Sprintf("%s by %s: configuration %d", ago(time.Now(), s.Undone.At), s.Undone.By, s.Undone.Version)
}

func (a *app) syncUndoCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "undo ID",
		Short: "Let a sync's target say again what it said before",
		Long: `Makes a new version of the target's configuration with what stood in the one
before the sync. Where the configuration has changed since it is refused: that
would be lost. What runs changes with the next deployment that asks for the
latest configuration.`,
		Example: "  lockstep sync history production\n  lockstep sync undo 4f2a90b1c3de",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			s, err := a.findSync(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			if !yes {
				if err := a.confirm(fmt.Sprintf("Let %s say again what it said before the sync from %s?", s.Target, s.Source)); err != nil {
					return err
				}
			}
			s, err = c.UndoSync(cmd.Context(), s.ID, client.ChangeOptions{})
			if err != nil {
				return err
			}
			return a.print(s, func(w io.Writer) {
				line(w, "%s says again what stood in configuration %d: it is configuration %d. It ships with: %s", s.Target, s.TargetVersion, s.Undone.Version, shipping(s.Target))
			})
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// findSync finds a sync by its ID or the end of that.
func (a *app) findSync(ctx context.Context, c *client.Client, ref string) (lockstep.SyncResult, error) {
	if len(ref) == 36 {
		return c.SyncResult(ctx, ref)
	}
	list, err := c.Syncs(ctx, "", client.Page{Limit: 200})
	if err != nil {
		return lockstep.SyncResult{}, err
	}
	i := slices.IndexFunc(list.Items, func(s lockstep.SyncResult) bool { return strings.HasSuffix(s.ID, ref) })
	if i < 0 || len(ref) < 4 {
		return lockstep.SyncResult{}, lockstep.Errorf(lockstep.CodeNotFound, "there is no sync %q: see `lockstep sync history`", ref)
	}
	return list.Items[i], nil
}
