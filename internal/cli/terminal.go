package cli

import (
	"io"
	"os"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"
)

// paint colours words on a terminal and leaves them alone in a pipe, or
// where NO_COLOR asks for it.
type paint struct{ on bool }

func (a *app) paint(w io.Writer) paint { return paint{on: Colorful(w, a.Getenv)} }

// Colorful says whether w is a terminal that wants colours.
func Colorful(w io.Writer, getenv func(string) string) bool {
	return isTerminal(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

func (p paint) style(color, s string) string {
	if !p.on {
		return s
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Color(color)).Render(s)
}

func (p paint) good(s string) string { return p.style("2", s) }
func (p paint) bad(s string) string  { return p.style("1", s) }
func (p paint) warn(s string) string { return p.style("3", s) }
func (p paint) blue(s string) string { return p.style("6", s) }
func (p paint) dim(s string) string  { return p.style("8", s) }

// Terminal says whether w is one.
func Terminal(w any) bool { return isTerminal(w) }

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// size of the terminal behind w; 80 by 24 where it cannot be told.
func size(w io.Writer) (columns, rows int) {
	if f, ok := w.(*os.File); ok {
		if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 20 && rows > 5 {
			return columns, rows
		}
	}
	return 80, 24
}

// edge is the width that lines to w are cut to; 0 where w is no terminal: a
// pipe gets all of it.
func edge(w io.Writer) int {
	if !isTerminal(w) {
		return 0
	}
	columns, _ := size(w)
	return columns
}

// clip cuts s, colours and all, where it is wider than n cells.
func clip(s string, n int) string {
	if lipgloss.Width(s) <= n {
		return s
	}
	return lipgloss.NewStyle().MaxWidth(n-1).Render(s) + "…"
}

// reverse is for text without colours of its own.
func (p paint) reverse(s string) string {
	if !p.on {
		return s
	}
	return lipgloss.NewStyle().Reverse(true).Render(s)
}
