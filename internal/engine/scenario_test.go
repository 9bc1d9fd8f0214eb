package engine_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime/fake"
	"github.com/lockstep-dev/lockstep/internal/store"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A scenario is a pair in testdata/scenarios: scenario.yaml says what there is
// and what happens, events what everybody could see of it.
type scenario struct {
	Environment struct {
		Type           lockstep.EnvironmentType
		Strategy       lockstep.Strategy
		Validation     lockstep.ValidationLevel
		Replicas       map[string]int
		WarmFor        string `yaml:"warmFor"`
		MaxSurge       int    `yaml:"maxSurge"`
		Weights        []int
		Mirror         int
		Probes         []string
		Pause          string
		Recipe         []string // "shift_traffic 50", "approve 1h figures fine?"
		MaxUnavailable int      `yaml:"maxUnavailable"`
		Domains        []string
		Hooks          []struct {
			Name     string
			Stage    lockstep.HookStage
			Do       []string // of package fake
			HTTP     bool     `yaml:"http"` // the body is what it does
			Optional bool
			Timeout  string
			Retries  int
		}
	}
	Releases map[string]map[string]struct {
		Route     string
		Health    string
		Validate  []string
		DependsOn []string `yaml:"dependsOn"`
		Do        []string // of package fake
	}
	Script []string
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var sc scenario
			if err := yaml.UnmarshalWithOptions(archive.Files[0].Data, &sc, yaml.Strict()); err != nil {
				t.Fatal(err)
			}
			options := store.Options{DataDir: t.TempDir()}
			var got string
			synctest.Test(t, func(t *testing.T) { got = play(t, sc, options) })
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "events", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if len(archive.Files) != 2 || string(archive.Files[1].Data) != got {
				t.Errorf("%s tells another story (-update rewrites it):\n%s", file, got)
			}
		})
	}
}

func (sc scenario) hooks(t *testing.T) []lockstep.Hook {
	out := make([]lockstep.Hook, len(sc.Environment.Hooks))
	for i, h := range sc.Environment.Hooks {
		out[i] = lockstep.Hook{Name: h.Name, Stage: h.Stage, Run: h.Do, Required: !h.Optional, Retries: h.Retries}
		if h.HTTP {
			out[i].Run, out[i].HTTP = nil, &lockstep.HTTPHook{URL: "https://example.com", Body: strings.Join(h.Do, "\n")}
		}
		if h.Timeout != "" {
			out[i].Timeout = lockstep.Duration(parseDuration(t, h.Timeout))
		}
	}
	return out
}

const stage = "shop" // the environment of all scenarios

func play(t *testing.T, sc scenario, options store.Options) string {
	w := newWorld(t, options)
	defer w.close()
	w.environment(stage, func(e *lockstep.Environment) {
		if sc.Environment.Type != "" {
			e.Type = sc.Environment.Type
		}
		e.Spec.Strategy.Primary, e.Spec.Validation = sc.Environment.Strategy, sc.Environment.Validation
		e.Spec.Strategy.Weights, e.Spec.Strategy.Mirror = sc.Environment.Weights, sc.Environment.Mirror
		if len(sc.Environment.Probes) > 0 {
			e.Spec.Strategy.Analysis.Probes = &lockstep.SyntheticProbes{Paths: sc.Environment.Probes, Rate: 20}
		}
		if sc.Environment.Pause != "" {
			e.Spec.Strategy.Pause = lockstep.Duration(parseDuration(t, sc.Environment.Pause))
		}
		e.Spec.Strategy.MaxSurge, e.Spec.Strategy.MaxUnavailable = sc.Environment.MaxSurge, sc.Environment.MaxUnavailable
		e.Spec.Replicas, e.Spec.Domains = sc.Environment.Replicas, sc.Environment.Domains
		if sc.Environment.WarmFor != "" {
			warmFor := lockstep.Duration(parseDuration(t, sc.Environment.WarmFor))
			e.Spec.Strategy.WarmFor = &warmFor
		}
	})
	w.hooks(stage, sc.hooks(t)...)
	for version, services := range sc.Releases {
		var specs []lockstep.ServiceSpec
		for name, s := range services {
			spec := service(name, s.Route, s.Do...)
			spec.Health.Path, spec.Validate, spec.DependsOn = s.Health, s.Validate, s.DependsOn
			specs = append(specs, spec)
		}
		w.revision(stage, version, specs...)
	}
	p := player{world: w, t: t, recipe: recipe(t, sc.Environment.Recipe)}
	eng, stop := w.start("one", func(o *engine.Options) {
		o.Poll, o.TTL = time.Minute, time.Minute // everything is announced
	})
	defer stop()
	p.engine = eng
	for _, line := range sc.Script {
		fmt.Fprintf(&p.out, "> %s\n", line)
		p.play(strings.Fields(line))
		if strings.HasPrefix(line, "wait") || strings.HasPrefix(line, "sleep") {
			p.tell()
		}
	}
	return p.out.String()
}

// player carries out a script and writes down what can be seen.
type player struct {
	*world
	t      *testing.T
	engine *engine.Engine
	recipe *lockstep.Recipe
	ops    []string // that the script asked for
	after  int64    // the last event told
	names  map[string]string
	live   bool // the live address is what it is about
	out    strings.Builder
}

func (p *player) play(words []string) {
	rest := strings.Join(words[1:], " ")
	switch words[0] {
	case "deploy":
		p.ops = append(p.ops, p.deploy(stage, words[1], func(d *lockstep.Deployment) {
			d.RollbackOnFailure = !strings.Contains(rest, "without rollback")
			d.ValidationRequired = !strings.Contains(rest, "without validation")
			d.Recipe = p.recipe
			if strings.Contains(rest, "as rollback") {
				d.RollbackOf = p.ops[len(p.ops)-1]
			}
			if _, strategy, ok := strings.Cut(rest, "with "); ok {
				d.Strategy = lockstep.Strategy(strings.Fields(strategy)[0])
			}
		}))
		p.engine.Wake()
	case "maintenance_on":
		p.ops = append(p.ops, p.ask(stage, lockstep.OperationMaintenanceOn, func(op *lockstep.Operation) {
			op.Maintenance = &lockstep.Maintenance{Message: rest}
		}))
		p.engine.Wake()
	case "current": // another environment serves a release under the live address
		fromAnother(p.world, stage)
		p.live = true
	case "switch", "drill":
		p.live = true
		p.ops = append(p.ops, p.switchTo(stage, words[0] == "drill"))
		p.engine.Wake()
	case "destroy", "stop", "start", "maintenance_off":
		p.ops = append(p.ops, p.ask(stage, lockstep.OperationKind(words[0])))
		p.engine.Wake()
	case "scale":
		p.ops = append(p.ops, p.scale(stage, words[1:]...))
		p.engine.Wake()
	case "enable", "disable":
		p.ops = append(p.ops, p.toggle(stage, words[0], rest))
		p.engine.Wake()
	case "approve", "reject", "resume":
		verdict := map[string]lockstep.Verdict{"approve": lockstep.VerdictApproved, "reject": lockstep.VerdictRejected, "resume": lockstep.VerdictResumed}[words[0]]
		p.decide(p.ops[len(p.ops)-1], verdict, rest)
		p.engine.Wake()
	case "cancel":
		p.cancel(p.ops[len(p.ops)-1])
		p.engine.Wake()
	case "wait":
		if len(words) > 1 { // for a step of the last operation
			p.until(p.ops[len(p.ops)-1], stepStarted(words[1]))
			break
		}
		for _, id := range p.ops {
			p.finished(id)
		}
	case "sleep":
		time.Sleep(parseDuration(p.t, rest))
	case "load":
		n, err := strconv.Atoi(rest)
		if err != nil {
			p.t.Fatal(err)
		}
		p.fake.Load(stage, n)
	case "fault":
		p.fake.Inject(fault(words[1:]))
	case "heal":
		p.fake.Heal()
	default:
		p.t.Fatalf("no such command: %q", words[0])
	}
}

// fault reads "<method> [at <part of key>] breaks|refuses|panics|is-away [times]".
func fault(words []string) fake.Fault {
	f := fake.Fault{Method: words[0]}
	for i := 1; i < len(words); i++ {
		switch words[i] {
		case "at":
			i++
			f.Match = words[i]
		case "breaks":
			f.Err = errBroken
		case "refuses":
			f.Err = lockstep.Errorf(lockstep.CodeConflict, "group is wanted by nobody: ask somebody")
		case "is-away":
			f.Err = lockstep.Errorf(lockstep.CodeUnavailable, "the agent does not answer: start it")
		case "panics":
			f.Panics = true
		default:
			f.Times, _ = strconv.Atoi(words[i])
		}
	}
	return f
}

func parseDuration(t *testing.T, s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// tell writes the events since it was last called, and what is true now.
func (p *player) tell() {
	synctest.Wait()
	p.view(func(tx *store.Tx) error {
		_, newest, err := tx.EventRange()
		if err != nil || newest == p.after {
			return err
		}
		for p.after < newest {
			events, err := p.store.Events(p.t.Context(), p.after, lockstep.EventFilter{}, 0)
			if err != nil {
				return err
			}
			for _, e := range events {
				p.after = e.Seq
				p.event(e)
			}
		}
		return nil
	})
	p.state()
}

func (p *player) event(e lockstep.Event) {
	if e.OperationID == "" {
		return // the script's own
	}
	fmt.Fprintf(&p.out, "%9.3fs %-9s %s", e.At.Sub(p.began).Seconds(), p.name(e.OperationID), strings.TrimPrefix(string(e.Type), "operation."))
	indent := "\n" + strings.Repeat(" ", 24)
	switch e.Type {
	case lockstep.EventStepStarted, lockstep.EventStepFinished:
		s := stepOf(e)
		fmt.Fprintf(&p.out, " %s", s.Name)
		if e.Type == lockstep.EventStepFinished {
			fmt.Fprintf(&p.out, " %s", s.Status)
			if s.Warning {
				p.out.WriteString(", with a warning")
			}
		}
		if s.Output != "" {
			p.out.WriteString(indent + strings.ReplaceAll(s.Output, "\n", indent))
		}
		if s.Error != nil {
			fmt.Fprintf(&p.out, "%s[%s] %s", indent, s.Error.Code, strings.ReplaceAll(s.Error.Message, "\n", indent))
		}
	case lockstep.EventStepProgress:
		if lines, ok := e.Data["lines"].([]any); ok {
			fmt.Fprintf(&p.out, " %v, try %v:", e.Data["step"], e.Data["try"])
			for _, line := range lines {
				fmt.Fprintf(&p.out, "%s%v", indent, line)
			}
			break
		}
		if message, ok := e.Data["message"]; ok {
			fmt.Fprintf(&p.out, " %v: %v", e.Data["step"], message)
			break
		}
		fmt.Fprintf(&p.out, " %v %v of %v ready:", e.Data["step"], e.Data["ready"], e.Data["desired"])
		for _, i := range e.Data["instances"].([]any) {
			i := i.(map[string]any)
			fmt.Fprintf(&p.out, " %v", i["state"])
			if i["reason"] != "" {
				fmt.Fprintf(&p.out, " (%v)", i["reason"])
			}
		}
	case lockstep.EventOperationPlanned:
		fmt.Fprintf(&p.out, " %v %v, %d steps", e.Data["phase"], e.Data["cause"], len(e.Data["steps"].([]any)))
	case lockstep.EventOperationFinished:
		fmt.Fprintf(&p.out, " %v", e.Data["status"])
		if failure, ok := e.Data["error"].(map[string]any); ok {
			fmt.Fprintf(&p.out, ": %s", strings.ReplaceAll(fmt.Sprint(failure["message"]), "\n", indent))
		}
	case lockstep.EventEnvironmentStatus:
		fmt.Fprintf(&p.out, " %v → %v", e.Data["from"], e.Data["to"])
	default:
		if worker, ok := e.Data["worker"]; ok {
			fmt.Fprintf(&p.out, " by %v", worker)
		}
	}
	p.out.WriteString("\n")
}

// name gives operations that nobody in the script asked for a stable name.
func (p *player) name(id string) string {
	if slices.Contains(p.ops, id) {
		return id
	}
	if p.names == nil {
		p.names = map[string]string{}
	}
	if p.names[id] == "" {
		p.names[id] = fmt.Sprintf("retire-%d", len(p.names)+1)
	}
	return p.names[id]
}

func (p *player) state() {
	fmt.Fprintf(&p.out, "= ")
	var gone bool
	p.view(func(tx *store.Tx) error {
		e, err := tx.Environment("", stage)
		if gone = lockstep.CodeOf(err) == lockstep.CodeNotFound; gone || err != nil {
			return nil
		}
		fmt.Fprintf(&p.out, "%s, active %q", e.Status, e.ActiveID)
		if e.WarmUntil != nil {
			fmt.Fprintf(&p.out, ", warm %q until %.0fs", e.WarmID, e.WarmUntil.Sub(p.began).Seconds())
		}
		return nil
	})
	if gone {
		fmt.Fprintf(&p.out, "no environment")
	}
	fmt.Fprintf(&p.out, "; requests go to %s\n", p.routed(stage))
	for _, i := range p.running(stage) {
		fmt.Fprintf(&p.out, "= %s\n", i)
	}
	if p.live {
		fmt.Fprintf(&p.out, "= %s\n", p.lives())
	}
	if p.ops != nil {
		var rollback *lockstep.RollbackResult
		p.view(func(tx *store.Tx) error {
			d, err := tx.Deployment(p.ops[len(p.ops)-1])
			if err == nil {
				rollback = d.Rollback
			}
			return nil
		})
		if rollback != nil {
			fmt.Fprintf(&p.out, "= rolled back: %s, automatic %v, to %q\n", rollback.Status, rollback.Automatic, rollback.RevisionID)
		}
	}
}
