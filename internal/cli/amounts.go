package cli

import (
	"fmt"
	"strings"
	"time"
)

// sizeText is "2.3 GB".
func sizeText(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, u := float64(n), 0
	for v >= 999.5 && u < len(units)-1 {
		v /= 1000
		u++
	}
	if u == 0 || v >= 99.5 {
		return fmt.Sprintf("%.0f %s", v, units[u])
	}
	return fmt.Sprintf("%.1f %s", v, units[u])
}

// countText groups digits by three: 12,456.
func countText(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// usersText is how many users there are.
func usersText(n int64) string {
	if n == 1 {
		return "1 active user"
	}
	return countText(n) + " active users"
}

func requestsText(n int64) string {
	if n == 1 {
		return "1 request"
	}
	return countText(n) + " requests"
}

// rateText is of something a second, with the digits that matter.
func rateText(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.01:
		return "<0.01"
	case v < 1:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return countText(int64(v + 0.5))
}

// latencyText is of milliseconds.
func latencyText(ms float64) string {
	switch {
	case ms == 0:
		return "–"
	case ms < 10:
		return fmt.Sprintf("%.1fms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0fms", ms)
	}
	return fmt.Sprintf("%.1fs", ms/1000)
}

func coresText(cores float64) string {
	switch {
	case cores == 0:
		return "0"
	case cores < 0.01:
		return "<0.01"
	case cores < 9.95:
		return fmt.Sprintf("%.2g", cores)
	}
	return fmt.Sprintf("%.0f", cores)
}

// bar is a share from 0 to 100 in so many cells.
func bar(percent float64, cells int) string {
	full := int(min(max(percent, 0), 100)/100*float64(cells) + 0.5)
	return strings.Repeat("█", full) + strings.Repeat("░", cells-full)
}

// spark draws values as columns. What is not known is a gap.
func spark(values []float64, known []bool) string {
	const columns = "▁▂▃▄▅▆▇█"
	highest := 0.0
	for _, v := range values {
		highest = max(highest, v)
	}
	var b strings.Builder
	for i, v := range values {
		switch {
		case !known[i]:
			b.WriteByte(' ')
		case highest == 0:
			b.WriteString("▁")
		default:
			b.WriteRune([]rune(columns)[min(7, int(v/highest*7.999))])
		}
	}
	return b.String()
}

// spanText is a length of time as it is asked for: 24h, 7d, 30m.
func spanText(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return took(d)
}
