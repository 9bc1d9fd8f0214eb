package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// keysPoll is how often a rotation is looked at.
const keysPoll = 300 * time.Millisecond

func (a *app) keysCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "keys",
		Short: "The keys that secrets are sealed with",
		Args:  cobra.ArbitraryArgs,
	}, a.keysStatusCommand(), a.keysRotateCommand())
}

func (a *app) keysStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show the keys, what they have sealed, and which servers have loaded them",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			status, err := c.KeyStatus(cmd.Context())
			if err != nil {
				return err
			}
			return a.print(status, func(w io.Writer) { a.keyStatus(w, status) })
		},
	}
}

func (a *app) keyStatus(w io.Writer, s lockstep.KeyStatus) {
	p, now := a.paint(w), time.Now()
	if s.Keyset == nil {
		line(w, "No keys yet: they are made when the first secret is set.")
	} else {
		line(w, "Wrapped by %s", s.Keyset.Wrapper)
		t := table{head: []string{"KEY", "", "MADE", "VALUES"}}
		for _, k := range s.Keyset.Keys {
			use := "opens"
			if k.Primary {
				use = p.good("seals")
			}
			t.add(k.ID, use, age(now, k.CreatedAt), fmt.Sprint(s.Sealed[k.ID]))
		}
		t.write(w)
		if r := s.Keyset.Rotation; r.Open() {
			line(w, "%s", p.warn("Rotation since "+age(now, r.StartedAt)+" by "+r.StartedBy+": "+rotationText(s)))
		} else if r != nil && r.EndedAt != nil {
			line(w, "Last rotated %s by %s.", age(now, *r.EndedAt), r.StartedBy)
		}
	}
	line(w, "")
	t := table{head: []string{"SERVER", "KEYS", "SEEN"}}
	for _, h := range s.Holders {
		has := "loaded"
		switch {
		case h.Fault != "":
			has = p.bad(printable(h.Fault))
		case s.Keyset == nil:
			has = "none yet"
		case h.Generation < s.Keyset.Generation:
			has = p.warn("loads them")
		}
		t.add(h.Holder, has, age(now, h.SeenAt))
	}
	t.write(w)
}

// rotationText is what a rotation does now.
func rotationText(s lockstep.KeyStatus) string {
	waits := 0
	for _, h := range s.Holders {
		if h.Generation < s.Keyset.Generation {
			waits++
		}
	}
	r := s.Keyset.Rotation
	switch r.Phase {
	case lockstep.RotationDistribute:
		return fmt.Sprintf("the new key %s goes to each server (%d of %d have it)", r.To, len(s.Holders)-waits, len(s.Holders))
	case lockstep.RotationPromote:
		return fmt.Sprintf("each server begins to seal with %s (%d of %d do)", r.To, len(s.Holders)-waits, len(s.Holders))
	case lockstep.RotationReseal:
		return fmt.Sprintf("values are sealed anew (%d left)", s.Left)
	case lockstep.RotationDone:
	}
	return "done"
}

func (a *app) keysRotateCommand() *cobra.Command {
	var noWait bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Seal all secrets with a new key, and drop the old one",
		Long: `Makes a new key, waits until each server has it, seals new values with it, seals
the older ones anew, and drops the old key when nothing needs it any more. The
server does all that; this only watches, and may be interrupted. Nothing that
reads secrets fails meanwhile, and values stay what they are.

It does not change what the keys themselves are wrapped with.`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			status, err := c.RotateKeys(cmd.Context())
			if err == nil && !noWait {
				status, err = a.watchRotation(cmd.Context(), c, status)
			}
			if err != nil {
				return err
			}
			return a.print(status, func(w io.Writer) {
				if status.Keyset.Rotation.Open() {
					line(w, "The rotation has begun: lockstep keys status")
					return
				}
				n := status.Sealed[status.Keyset.Primary()]
				line(w, "%s sealed with key %s, and no other key is left.", counted(int(n), "value is", "values are"), status.Keyset.Primary())
			})
		},
	}
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return once it has begun")
	return cmd
}

// watchRotation shows how far it is, until it is over. Progress goes where
// other progress goes: to the error stream with -o json|yaml.
func (a *app) watchRotation(ctx context.Context, c *client.Client, s lockstep.KeyStatus) (lockstep.KeyStatus, error) {
	w := a.Out
	if a.flags.output != "table" {
		w = a.Err
	}
	show := rotationView{w: w, p: a.paint(w), live: isTerminal(w)}
	tick := time.NewTicker(keysPoll)
	defer tick.Stop()
	for {
		show.show(s)
		if !s.Keyset.Rotation.Open() {
			show.end()
			return s, nil
		}
		select {
		case <-ctx.Done():
			show.end()
			line(a.Err, "The rotation goes on: lockstep keys status")
			return s, ctx.Err()
		case <-tick.C:
		}
		next, err := c.KeyStatus(ctx)
		if lockstep.IsTerminal(err) && ctx.Err() == nil {
			show.end()
			return s, err
		}
		if err == nil {
			s = next
		}
	}
}

// rotationView is a bar on a terminal, and a line for each news in a pipe.
type rotationView struct {
	w     io.Writer
	p     paint
	live  bool
	said  string
	drawn bool
}

func (v *rotationView) show(s lockstep.KeyStatus) {
	text, share := rotationText(s), 100.0
	if r := s.Keyset.Rotation; r.Open() && r.Total > 0 {
		share = 100 * float64(r.Total-min(s.Left, r.Total)) / float64(r.Total)
	}
	for _, h := range s.Holders {
		if h.Fault != "" {
			text += "; server " + h.Holder + ": " + printable(h.Fault)
		}
	}
	if v.live {
		fmt.Fprintf(v.w, "\r\x1b[2K%s %3.0f %%  %s", v.p.good(bar(share, 20)), share, text)
		v.drawn = true
		return
	}
	if text != v.said {
		line(v.w, "%3.0f %%  %s", share, text)
		v.said = text
	}
}

func (v *rotationView) end() {
	if v.drawn {
		fmt.Fprintln(v.w)
	}
}
