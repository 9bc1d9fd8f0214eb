package cli

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// fold breaks one line at spaces into lines of at most width cells, and
// inside a word only where the word alone is wider. Names keep their hyphens.
func fold(text string, width int) []string {
	width = max(width, 20)
	var out []string
	current := ""
	for _, word := range strings.Split(text, " ") {
		for lipgloss.Width(word) > width {
			room := width
			if current != "" {
				if room = width - lipgloss.Width(current) - 1; room < width/2 {
					out, current, room = append(out, current), "", width
				}
			}
			head := lipgloss.NewStyle().MaxWidth(room).Render(word)
			if current != "" {
				head = current + " " + head
			}
			out, current = append(out, head), ""
			word = string([]rune(word)[min(room, len([]rune(word))):])
		}
		switch {
		case current == "":
			current = word
		case lipgloss.Width(current)+1+lipgloss.Width(word) <= width:
			current += " " + word
		default:
			out, current = append(out, current), word
		}
	}
	return append(out, current)
}

// wrap folds the lines of text at columns (0: not at all); what is broken
// off is indented by two more than its line.
func wrap(text string, columns int) string {
	if columns == 0 {
		return text
	}
	var out []string
	for _, l := range strings.Split(text, "\n") {
		bare := strings.TrimLeft(l, " ")
		indent := strings.Repeat(" ", len(l)-len(bare))
		for i, part := range fold(bare, columns-len(indent)-2) {
			if i > 0 {
				part = "  " + part
			}
			out = append(out, indent+part)
		}
	}
	return strings.Join(out, "\n")
}
