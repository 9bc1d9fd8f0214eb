package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) diffCommand() *cobra.Command {
	var class string
	var exitCode bool
	cmd := &cobra.Command{
		Use:   "diff ENV ENV",
		Short: "Show in what two environments differ, and what to think of it",
		Long: `Variables, sections, services, replicas, strategies and the release of two
environments, path by path. Every difference has a class:

  unpromoted  changed in one of them and not brought to the other
  drifted     what one of them runs is not what it stores
  intended    declared: in the matrix, or for the environment's type

Secrets are compared without being shown.`,
		Example: "  lockstep diff staging production\n  lockstep diff staging production --class unpromoted\n  lockstep diff blue green --exit-code -o json",
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if class != "" && !slices.Contains(lockstep.DifferenceClasses(), lockstep.DifferenceClass(class)) {
				return lockstep.Invalid("class", "there is no class %q: use unpromoted, drifted or intended", class)
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			diff, err := c.Diff(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			if class != "" {
				diff.Differences = slices.DeleteFunc(diff.Differences, func(d lockstep.Difference) bool { return d.Class != lockstep.DifferenceClass(class) })
			}
			if err := a.print(diff, func(w io.Writer) { a.writeDiff(w, diff, class) }); err != nil {
				return err
			}
			if exitCode && len(diff.Differences) > 0 {
				return &exitError{code: lockstep.ExitFailed}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&class, "class", "", "only differences of this class: unpromoted, drifted or intended")
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "end with 1 where something differs, as diff does")
	return cmd
}

// classWords say what each class is, behind how many there are of it.
var classWords = map[lockstep.DifferenceClass]string{
	lockstep.DifferenceUnpromoted: "changed in one and not brought to the other",
	lockstep.DifferenceDrifted:    "what runs is not what is stored",
	lockstep.DifferenceIntended:   "declared to be different",
}

func (a *app) writeDiff(w io.Writer, d lockstep.EnvironmentDiff, class string) {
	p := a.paint(w)
	t := table{}
	for _, s := range []lockstep.DiffSide{d.Source, d.Target} {
		t.add(s.Name, sideText(s))
	}
	t.write(w)
	if b := d.Base; b != nil {
		paragraph(w, p.dim(fmt.Sprintf("Last brought together %s, from %s to %s by %s (sync %s).", ago(time.Now(), b.At), b.From, b.To, b.By, shortID(b.SyncID))))
	}
	for _, which := range lockstep.DifferenceClasses() {
		of := slices.DeleteFunc(slices.Clone(d.Differences), func(x lockstep.Difference) bool { return x.Class != which })
		if len(of) == 0 {
			continue
		}
		line(w, "")
		line(w, "%s %s", p.warnIf(which != lockstep.DifferenceIntended, string(which)), p.dim(fmt.Sprintf("%d: %s", len(of), classWords[which])))
		rows := diffRows(p, d, which, of)
		rows.write(w)
	}
	line(w, "")
	if len(d.Differences) == 0 {
		what := "They do not differ"
		if class != "" {
			what = "Nothing is " + class
		}
		line(w, "%s; %s the same.", what, counted(d.Same, "path is", "paths are"))
		return
	}
	line(w, "%s the same.", counted(d.Same, "path is", "paths are"))
	if slices.ContainsFunc(d.Differences, movedInSource) {
		line(w, "Bring over what changed in %s: lockstep sync %s %s", d.Source.Name, d.Source.Name, d.Target.Name)
	}
	for _, s := range []lockstep.DiffSide{d.Source, d.Target} {
		if slices.ContainsFunc(d.Differences, func(x lockstep.Difference) bool {
			return x.Class == lockstep.DifferenceDrifted && x.Environment == s.Name
		}) {
			line(w, "Let %s run what it stores: lockstep deploy %s %s --with-config latest", s.Name, s.Name, dash(s.Release))
		}
	}
}

func movedInSource(d lockstep.Difference) bool {
	return d.Class == lockstep.DifferenceUnpromoted && d.Path != "release" && d.ChangedIn != lockstep.ChangedInTarget
}

func sideText(s lockstep.DiffSide) string {
	switch text := fmt.Sprintf("configuration %d", s.ConfigVersion); {
	case s.Release == "":
		return text + ", nothing runs"
	case s.Running != s.ConfigVersion:
		return fmt.Sprintf("%s, runs %s with configuration %d", text, s.Release, s.Running)
	default:
		return text + ", runs " + s.Release
	}
}

func diffRows(p paint, d lockstep.EnvironmentDiff, class lockstep.DifferenceClass, of []lockstep.Difference) table {
	first, second := strings.ToUpper(d.Source.Name), strings.ToUpper(d.Target.Name)
	t := table{head: []string{"  PATH", first, second, "WHY"}}
	if class == lockstep.DifferenceDrifted {
		t.head = []string{"  PATH", "ENVIRONMENT", "STORED", "RUNS", "WHY"}
	}
	for _, x := range of {
		path := "  " + clip(x.Path, widestPath)
		if class == lockstep.DifferenceDrifted {
			stored, runs := beside(x.Stored, x.Running, x.Sensitive)
			t.add(path, x.Environment, stored, runs, p.dim(x.Reason))
			continue
		}
		a, b := beside(x.Source, x.Target, x.Sensitive)
		t.add(path, a, b, p.dim(whyText(x)))
	}
	return t
}

func whyText(d lockstep.Difference) string {
	text := d.Reason
	if d.LastModified != nil {
		text += ", " + ago(time.Now(), *d.LastModified)
	}
	if d.ModifiedBy != "" {
		text += " by " + d.ModifiedBy
	}
	return text
}

// The widest that cells of a comparison get.
const (
	widestPath  = 48
	widestValue = 36
)

// beside are two values as they stand in one row. Those that are cut are cut
// so that the place at which they begin to differ is seen.
func beside(a, b any, sensitive bool) (string, string) {
	x, y := cellText(a), cellText(b)
	if sensitive && x == y && x != "–" {
		return x, "another one"
	}
	from := 0
	for from < len(x) && from < len(y) && x[from] == y[from] {
		from++
	}
	return excerpt(x, from), excerpt(y, from)
}

// excerpt is the text, or what of it stands around the byte at.
func excerpt(text string, at int) string {
	runes := []rune(text)
	if len(runes) <= widestValue {
		return text
	}
	first := len([]rune(text[:min(at, len(text))])) - widestValue/2
	if first <= 0 {
		return string(runes[:widestValue-1]) + "…"
	}
	runes = runes[min(first, len(runes)-widestValue+1):]
	if len(runes) < widestValue {
		return "…" + string(runes)
	}
	return "…" + string(runes[:widestValue-2]) + "…"
}

// cellText is a value in one line: a text as it is, anything else as JSON.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return "–"
	case string:
		if v == "" {
			return `""`
		}
		return lockstep.PlainText([]byte(strings.ReplaceAll(v, "\t", "␉")))
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return lockstep.PlainText(raw)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (p paint) warnIf(yes bool, s string) string {
	if yes {
		return p.warn(s)
	}
	return p.good(s)
}
