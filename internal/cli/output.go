package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/goccy/go-yaml"

	"github.com/lockstep-dev/lockstep"
)

// print writes v as JSON or YAML where -o asks for it, and otherwise calls table.
func (a *app) print(v any, table func(w io.Writer)) error {
	switch a.flags.output {
	case "json":
		enc := json.NewEncoder(a.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	case "yaml":
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		out, err := yaml.JSONToYAML(raw)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		_, err = a.Out.Write(out)
		return err
	default:
		table(a.Out)
		return nil
	}
}

// table lines columns up by what a terminal shows, colours not counted. On a
// terminal rows are cut at its edge, so that each stays one line.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer) {
	all := t.rows
	if t.head != nil {
		all = append([][]string{t.head}, t.rows...)
	}
	widths, columns := map[int]int{}, edge(w)
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	for _, row := range all {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-lipgloss.Width(cell)+2))
			}
		}
		text := strings.TrimRight(b.String(), " ")
		if columns > 0 {
			text = clip(text, columns)
		}
		line(w, "%s", text)
	}
}

// pairs prints aligned "name  value" lines, leaving out empty values. A value
// of several lines goes on below itself; on a terminal a long one does too.
func pairs(w io.Writer, kv ...string) {
	names, columns := 0, edge(w)
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i+1] != "" {
			names = max(names, lipgloss.Width(kv[i]))
		}
	}
	for i := 0; i+1 < len(kv); i += 2 {
		name, value := kv[i], kv[i+1]
		if value == "" {
			continue
		}
		parts := strings.Split(value, "\n")
		if columns > 0 {
			parts = nil
			for text := range strings.SplitSeq(value, "\n") {
				parts = append(parts, fold(text, columns-names-2)...)
			}
		}
		for _, part := range parts {
			line(w, "%s  %s", pad(name, names), part)
			name = ""
		}
	}
}

func line(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, format+"\n", args...)
}

// paragraph prints text, wrapped where w is a terminal.
func paragraph(w io.Writer, text string) { line(w, "%s", wrap(text, edge(w))) }

// ago says how long ago t was, as people do.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return age(now, t) + " ago"
}

func age(now, t time.Time) string {
	d := max(0, now.Sub(t))
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}

// took prints a duration with the precision a person needs.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	}
}

func shortID(id string) string {
	if len(id) == 36 {
		return id[24:]
	}
	return id
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func statusWord(s lockstep.OperationStatus) string {
	return strings.ReplaceAll(string(s), "_", " ")
}
