package cli

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) topCommand() *cobra.Command {
	var once bool
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "top [ENV]",
		Short: "Watch what happens now: requests, errors, latency, clients, CPU, memory",
		Long: `A screen of all environments that is drawn anew every two seconds. Rates are of
the last ten seconds, latencies of the last minute, active users of the last
five. With ENV it begins with the services and instances of that one.

  ↑ ↓      choose an environment         enter  its services and instances
  s        sort by the next column       esc    back
  /        show only names that hold …   q      quit

With --once, or in a pipe, it prints one frame; with -o json what it is made of.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if every < 200*time.Millisecond {
				return lockstep.Invalid("every", "--every is at least 200ms")
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			t := &top{p: a.paint(a.Out), every: every, now: time.Now}
			if len(args) > 0 {
				t.inside = args[0]
			}
			t.columns, t.rows = size(a.Out)
			if a.flags.output != "table" || once || !isTerminal(a.Out) {
				return a.topOnce(cmd.Context(), c, t)
			}
			if t.inside != "" {
				if _, err := c.Environment(cmd.Context(), t.inside); lockstep.CodeOf(err) == lockstep.CodeNotFound {
					return err // which says what may have been meant
				}
			}
			return a.topLive(cmd.Context(), c, t)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&once, "once", false, "print one frame and end")
	f.DurationVar(&every, "every", 2*time.Second, "how often to look")
	return cmd
}

func (a *app) topOnce(ctx context.Context, c *client.Client, t *top) error {
	list, err := c.Activity(ctx)
	if err != nil {
		return err
	}
	t.take(list.Items, nil)
	if t.inside != "" && t.chosen() == nil {
		_, err := c.Environment(ctx, t.inside) // which says what may have been meant
		return err
	}
	return a.print(list, func(w io.Writer) {
		t.rows = 0
		if !isTerminal(a.Out) {
			t.columns = 120
		}
		line(w, "%s", t.frame())
	})
}

// topLive draws until it is quit. The terminal is given back however it ends.
func (a *app) topLive(ctx context.Context, c *client.Client, t *top) error {
	t.ask = func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, topPatience)
		defer cancel()
		list, err := c.Activity(ctx)
		return answered{list.Items, err}
	}
	_, err := tea.NewProgram(t, tea.WithContext(ctx), tea.WithInput(a.In), tea.WithOutput(a.Out)).Run()
	if errors.Is(err, tea.ErrInterrupted) || (errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil) {
		return nil
	}
	if err == nil && t.refused != nil {
		return t.refused
	}
	return err
}

// topPatience is how long an answer may take before it counts as none.
const topPatience = 5 * time.Second

type (
	answered struct {
		items []lockstep.EnvironmentActivity
		err   error
	}
	lookAgain struct{}
)

// Init implements tea.Model.
func (t *top) Init() tea.Cmd { return t.ask }

// Update implements tea.Model.
func (t *top) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		t.columns, t.rows = msg.Width, msg.Height
	case answered:
		t.take(msg.items, msg.err)
		if t.refused != nil {
			return t, tea.Quit
		}
		return t, tea.Tick(t.every, func(time.Time) tea.Msg { return lookAgain{} })
	case lookAgain:
		return t, t.ask
	case tea.KeyPressMsg:
		return t, t.key(msg.String(), msg.Text)
	}
	return t, nil
}

// View implements tea.Model.
func (t *top) View() tea.View {
	v := tea.NewView(t.frame())
	v.AltScreen = true
	return v
}

// key does what a key is for.
func (t *top) key(key, text string) tea.Cmd {
	if key == "ctrl+c" {
		return tea.Quit
	}
	if t.typing {
		t.typed(key, text)
		return nil
	}
	switch key {
	case "q":
		return tea.Quit
	case "s", "/":
		if t.inside != "" {
			break // they are about the table
		}
		if key == "/" {
			t.typing = true
			break
		}
		t.sort = (t.sort + 1) % len(topSorts)
	case "up", "k":
		t.move(-1)
	case "down", "j":
		t.move(1)
	case "enter", "right":
		if shown := t.shown(); t.inside == "" && len(shown) > 0 {
			t.inside, t.scroll = shown[t.at(shown)].Name, 0
		}
	case "esc", "left", "backspace":
		if t.inside == "" {
			t.filter = ""
		}
		t.inside = ""
	}
	return nil
}

func (t *top) typed(key, text string) {
	switch key {
	case "enter":
		t.typing = false
	case "esc":
		t.typing, t.filter = false, ""
	case "backspace":
		if runes := []rune(t.filter); len(runes) > 0 {
			t.filter = string(runes[:len(runes)-1])
		}
	default:
		t.filter += lockstep.PlainText([]byte(text))
	}
}
