package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/lockstep-dev/lockstep"
)

// top is what is known, and how it is looked at.
type top struct {
	p             paint
	columns, rows int // of the screen; rows 0: as many as there are
	every         time.Duration
	now           func() time.Time
	ask           tea.Cmd

	items    []lockstep.EnvironmentActivity
	known    bool
	seen     time.Time // of the last answer
	trouble  error     // why there was none since
	refused  error     // that no other try would change
	selected string    // name
	inside   string    // name of the one that is shown by itself
	scroll   int       // lines of it that are above the screen
	filter   string
	typing   bool
	sort     int
}

type topSort struct {
	name string
	of   func(lockstep.EnvironmentActivity) float64 // the highest first; nil: by name
}

func nowOf(f func(*lockstep.ActivityNow) float64) func(lockstep.EnvironmentActivity) float64 {
	return func(a lockstep.EnvironmentActivity) float64 {
		if a.Now == nil {
			return -1
		}
		return f(a.Now)
	}
}

var topSorts = []topSort{
	{name: "name"},
	{"requests", nowOf(func(n *lockstep.ActivityNow) float64 { return n.Requests })},
	{"errors", nowOf(func(n *lockstep.ActivityNow) float64 { return n.Errors })},
	{"p95", nowOf(func(n *lockstep.ActivityNow) float64 { return n.Latency.P95 })},
	{"users", nowOf(func(n *lockstep.ActivityNow) float64 { return float64(n.Clients) })},
	{"cpu", nowOf(func(n *lockstep.ActivityNow) float64 { return n.CPU })},
	{"memory", nowOf(func(n *lockstep.ActivityNow) float64 { return float64(n.Memory) })},
}

// take keeps an answer. Without one what is known stays, and is said to be old.
func (t *top) take(items []lockstep.EnvironmentActivity, err error) {
	if err != nil {
		t.trouble = err
		if lockstep.IsTerminal(err) && !t.known {
			t.refused = err
		}
		return
	}
	t.items, t.known, t.trouble, t.seen = items, true, nil, t.now()
}

// shown are the environments that the filter passes, sorted.
func (t *top) shown() []lockstep.EnvironmentActivity {
	var out []lockstep.EnvironmentActivity
	for _, a := range t.items {
		if strings.Contains(a.Name, strings.ToLower(t.filter)) {
			out = append(out, a)
		}
	}
	if of := topSorts[t.sort].of; of != nil {
		slices.SortStableFunc(out, func(a, b lockstep.EnvironmentActivity) int { return cmp.Compare(of(b), of(a)) })
	}
	return out
}

// at is where the cursor is; it stays with its environment.
func (t *top) at(shown []lockstep.EnvironmentActivity) int {
	return max(0, slices.IndexFunc(shown, func(a lockstep.EnvironmentActivity) bool { return a.Name == t.selected }))
}

func (t *top) move(by int) {
	if t.inside != "" {
		t.scroll = max(0, t.scroll+by)
		return
	}
	if shown := t.shown(); len(shown) > 0 {
		t.selected = shown[min(max(t.at(shown)+by, 0), len(shown)-1)].Name
	}
}

func (t *top) chosen() *lockstep.EnvironmentActivity {
	for i := range t.items {
		if t.items[i].Name == t.inside || t.items[i].ID == t.inside {
			return &t.items[i]
		}
	}
	return nil
}

// frame is the whole screen.
func (t *top) frame() string {
	head := []string{t.headline(), ""}
	if t.trouble != nil {
		head[1] = t.p.bad("the server does not answer" + t.since() + ": trying again")
	}
	var body []string
	cursor := 0
	switch chosen := t.chosen(); {
	case !t.known:
		body = []string{t.p.dim("waiting for the server …")}
	case t.inside != "" && chosen != nil:
		body = t.one(*chosen)
	case t.inside != "":
		body = []string{t.p.warn(t.inside + " is not there any more")}
	default:
		body, cursor = t.all()
	}
	foot := t.footer()
	if t.rows > 0 {
		room := max(1, t.rows-len(head)-len(foot))
		if len(body) > room { // the line of the cursor stays on the screen, and the head of the table
			begin := min(max(0, cursor-room+3), len(body)-room)
			if t.inside != "" {
				t.scroll = min(t.scroll, len(body)-room)
				begin = t.scroll
			}
			if begin > 0 {
				body = append(body[:1:1], body[begin+1:]...)
			}
			body = body[:room]
		}
		for len(body) < room {
			body = append(body, "")
		}
	}
	lines := append(append(head, body...), foot...)
	for i, l := range lines {
		lines[i] = clip(l, t.columns)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func (t *top) since() string {
	if !t.known {
		return ""
	}
	return " since " + t.seen.Format("15:04:05")
}

func (t *top) headline() string {
	if !t.known {
		return "lockstep top"
	}
	var requests, failed, cpu float64
	var memory int64
	for _, a := range t.items {
		if a.Now != nil {
			requests += a.Now.Requests
			failed += a.Now.Errors
			cpu += a.Now.CPU
			memory += a.Now.Memory
		}
	}
	cores := coresText(cpu) + " cores"
	if coresText(cpu) == "1" {
		cores = "1 core"
	}
	return fitting(t.columns, ", ", fmt.Sprintf("lockstep top  %s  %s requests/s", t.p.dim(t.seen.Format("15:04:05")), rateText(requests)),
		rateText(failed)+" errors/s", cores, sizeText(memory))
}

func (t *top) footer() []string {
	if t.rows == 0 {
		return nil
	}
	if t.typing {
		return []string{"", "filter: " + t.filter + "▏" + t.p.dim("  enter keeps it, esc clears it")}
	}
	filter := "/ filter"
	if t.filter != "" {
		filter += ": " + t.filter
	}
	keys := []string{"q quit", "enter open", "s sort: " + topSorts[t.sort].name, filter, "↑↓ choose"}
	if t.inside != "" {
		keys = []string{"q quit", "esc back", "↑↓ scroll"}
	}
	return []string{"", t.p.dim(fitting(t.columns, "  ", keys...))}
}

// all is the table of environments, and the line that the cursor is in.
func (t *top) all() (lines []string, cursor int) {
	shown := t.shown()
	if len(shown) == 0 {
		if t.filter != "" {
			return []string{t.p.dim("no environment's name holds " + t.filter)}, 0
		}
		return []string{t.p.dim("there is no environment yet: lockstep apply -f matrix.yaml")}, 0
	}
	wide := t.columns >= 110
	g := grid{right: map[int]bool{}, width: t.columns - 2, drop: []string{"P50", "P99", "RST", "TRAFFIC", "VERSION", "MEM", "STATUS", "CPU", "USERS", "P95"}}
	head := []string{"ENVIRONMENT", "VERSION", "REQ/S", "ERR/S", "P50", "P95", "P99", "USERS", "CPU", "MEM", "RST"}
	if wide {
		head = append([]string{head[0], "STATUS", head[1], "TRAFFIC"}, head[2:]...)
	}
	for i := len(head) - 9; i < len(head); i++ {
		g.right[i] = true
	}
	g.add(head...)
	at := t.at(shown)
	for i, a := range shown {
		p := t.p
		if t.trouble != nil || (i == at && t.rows > 0) {
			p = paint{} // the whole line has one colour
		}
		g.add(t.row(p, a, wide)...)
	}
	table := g.lines()
	lines = []string{"  " + t.p.dim(table[0])}
	for i, a := range shown {
		text := table[i+1]
		switch {
		case i == at && t.rows > 0:
			cursor = len(lines)
			text = pointer(t.p, a.Status) + t.p.reverse(text)
		case t.trouble != nil:
			text = t.p.mark(a.Status) + " " + t.p.dim(text)
		default:
			text = t.p.mark(a.Status) + " " + text
		}
		lines = append(lines, text)
		if note := t.note(a, wide); note != "" {
			lines = append(lines, "    "+note)
		}
	}
	return lines, cursor
}

// pointer marks the line of the cursor where nothing can be reversed.
func pointer(p paint, status lockstep.EnvironmentStatus) string {
	if p.on {
		return p.mark(status) + " "
	}
	return p.mark(status) + ">"
}

func (t *top) row(p paint, a lockstep.EnvironmentActivity, wide bool) []string {
	name := a.Name
	if a.Current {
		name += "*"
	}
	cells := []string{clip(name, 24), clip(dash(a.Version), 12)}
	if !wide {
		cells = []string{clip(name, 13), clip(dash(a.Version), 9)}
	}
	if wide {
		share := dash("")
		if len(a.Traffic) > 0 {
			share = sharesText(a.Traffic[:min(2, len(a.Traffic))])
		}
		cells = []string{cells[0], string(a.Status), cells[1], share}
	}
	n := a.Now
	if n == nil {
		return append(cells, "–", "–", "–", "–", "–", "–", "–", "–", "–")
	}
	failed := rateText(n.Errors)
	if n.Errors > 0 {
		failed = p.bad(failed)
	}
	restarts := fmt.Sprint(n.Restarts)
	if n.Restarts > 0 {
		restarts = p.warn(restarts)
	}
	return append(cells, rateText(n.Requests), failed, latencyText(n.Latency.P50), latencyText(n.Latency.P95), latencyText(n.Latency.P99),
		countText(n.Clients), coresText(n.CPU), strings.ReplaceAll(sizeText(n.Memory), " ", ""), restarts)
}

func sharesText(shares []lockstep.TrafficShare) string {
	out := make([]string, len(shares))
	for i, s := range shares {
		out[i] = fmt.Sprintf("%s %.0f%%", s.Version, s.Percent)
	}
	return strings.Join(out, " ")
}

// note says what the table cannot: what is being done, and to whom requests go.
func (t *top) note(a lockstep.EnvironmentActivity, wide bool) string {
	var notes []string
	if o := a.Operation; o != nil {
		text := string(o.Kind)
		switch {
		case o.Step != "":
			text += ": " + o.Step
		case o.Status != lockstep.StatusRunning:
			text += ": " + statusWord(o.Status)
		}
		notes = append(notes, t.p.blue(text)+" "+t.p.dim(age(t.now(), o.Since)))
	}
	if a.Unknown != "" {
		notes = append(notes, t.p.warn(a.Unknown))
	}
	if len(a.Traffic) > 1 && !wide {
		notes = append(notes, sharesText(a.Traffic))
	}
	if a.Status != lockstep.EnvironmentActive && a.Operation == nil && !wide {
		notes = append(notes, t.p.dim(string(a.Status)))
	}
	return strings.Join(notes, "  ")
}

// one is an environment with its services and instances.
func (t *top) one(a lockstep.EnvironmentActivity) []string {
	lines := []string{fmt.Sprintf("%s %s  %s, %s  %s", t.p.mark(a.Status), a.Name, a.Type, a.Status, a.Version)}
	if note := t.note(a, false); note != "" {
		lines = append(lines, "  "+note)
	}
	n := a.Now
	if n == nil {
		return append(lines, t.p.dim("  nothing runs here"))
	}
	lines = append(lines,
		fitting(t.columns, ", ", "  "+rateText(n.Requests)+" requests/s", rateText(n.Errors)+" errors/s", fmt.Sprintf("%d in flight", n.InFlight), sizeText(int64(n.BytesOut))+"/s out"),
		fitting(t.columns, ", ", "  p50 "+latencyText(n.Latency.P50), "p95 "+latencyText(n.Latency.P95), "p99 "+latencyText(n.Latency.P99), usersText(n.Clients)),
	)
	cells := min(barCells, max(4, t.columns-40))
	share := func(used, of float64) float64 {
		if of == 0 {
			return 0
		}
		return 100 * used / of
	}
	cpu, memory := share(n.CPU, n.CPUOf), share(float64(n.Memory), float64(n.MemoryOf))
	lines = append(lines,
		fmt.Sprintf("  cpu    %s %4.0f%%  %s", t.p.good(bar(cpu, cells)), cpu, t.p.dim(coresText(n.CPU)+" of "+coresText(n.CPUOf)+" cores")),
		fmt.Sprintf("  memory %s %4.0f%%  %s", t.p.good(bar(memory, cells)), memory, t.p.dim(sizeText(n.Memory)+" of "+sizeText(n.MemoryOf))),
		"")
	g := grid{
		right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true},
		width: t.columns - 2, drop: []string{"OF", "ERR/S", "RST", "REQ/S", "CPU"},
	}
	g.add("SERVICE, INSTANCE", "REQ/S", "ERR/S", "CPU", "OF", "MEM", "OF", "RST")
	traffic := map[string]lockstep.ServiceTraffic{}
	for _, s := range n.Services {
		traffic[s.Name] = s
	}
	service := ""
	for _, i := range slices.SortedStableFunc(slices.Values(n.Instances), func(a, b lockstep.InstanceUsage) int { return cmp.Compare(a.Service, b.Service) }) {
		if i.Service != service {
			service = i.Service
			g.add(service, rateText(traffic[service].Requests), rateText(traffic[service].Errors), "", "", "", "", "")
		}
		g.add("  "+i.ID, "", "", coresText(float64(i.CPU)/1000), coresText(float64(i.CPUOf)/1000), sizeText(i.Memory), sizeText(i.MemoryOf), fmt.Sprint(i.Restarts))
	}
	for i, text := range g.lines() {
		if i == 0 {
			text = t.p.dim(text)
		}
		lines = append(lines, "  "+text)
	}
	return lines
}
