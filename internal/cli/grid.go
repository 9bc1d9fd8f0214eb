package cli

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// grid lines columns up, numbers at their right. Where it is too wide, whole
// columns go rather than the end of each line.
type grid struct {
	rows  [][]string // the first is the head
	right map[int]bool
	width int      // of the screen
	drop  []string // heads of columns that may go, the least important first
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// lines are the rows, each with the columns that there is room for.
func (g *grid) lines() []string {
	if len(g.rows) == 0 {
		return nil
	}
	widths, total := make([]int, len(g.rows[0])), -1
	for i := range widths {
		for _, row := range g.rows {
			widths[i] = max(widths[i], lipgloss.Width(row[i]))
		}
		total += widths[i] + 1
	}
	gone := map[int]bool{}
	for _, name := range g.drop {
		if total <= g.width {
			break
		}
		for i, head := range g.rows[0] {
			if head == name {
				gone[i] = true
				total -= widths[i] + 1
			}
		}
	}
	out := make([]string, len(g.rows))
	for n, row := range g.rows {
		var cells []string
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-lipgloss.Width(cell))
			switch {
			case gone[i]:
			case g.right[i]:
				cells = append(cells, space+cell)
			default:
				cells = append(cells, cell+space)
			}
		}
		out[n] = strings.Join(cells, " ")
	}
	return out
}

// fitting joins as many of the parts as there is room for, the first at least.
func fitting(columns int, between string, parts ...string) string {
	out := parts[0]
	for _, part := range parts[1:] {
		if lipgloss.Width(out+between+part) > columns {
			break
		}
		out += between + part
	}
	return out
}
