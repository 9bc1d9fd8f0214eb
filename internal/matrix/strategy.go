package matrix

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// strategy is environments.<name>.strategy.
type strategy struct {
	primary      lockstep.Strategy
	alternatives []lockstep.Strategy // nil: not said
	spec         lockstep.StrategySpec
	recipes      []word      // that it names
	routes       []ruleRoute // that its rules read

	primaryAt      word
	alternativesAt []word
}

var strategyKeys = keys[strategy]{
	{"primary", func(v value, s *strategy) { s.primaryAt = readPrimary(v, &s.primary) }},
	{"alternatives", func(v value, s *strategy) { s.alternativesAt = readAlternatives(v, &s.alternatives) }},
	{"recipe", readRecipeNames},
	{"weights", func(v value, s *strategy) { readWeights(v, &s.spec) }},
	{"pause", func(v value, s *strategy) { setDuration(v, time.Millisecond, maxPause, &s.spec.Pause) }},
	{"warmFor", func(v value, s *strategy) {
		if d, ok := v.duration(0, maxWarm); ok {
			s.spec.WarmFor = &d
		}
	}},
	{"maxSurge", func(v value, s *strategy) { setPositive(v, maxReplicas, &s.spec.MaxSurge) }},
	{"maxUnavailable", func(v value, s *strategy) { setPositive(v, maxReplicas, &s.spec.MaxUnavailable) }},
	{"analysis", func(v value, s *strategy) { analysisKeys.read(v, s) }},
	{"sticky", func(v value, s *strategy) { readSticky(v, &s.spec.Sticky) }},
	{"testers", func(v value, s *strategy) { readTesters(v, &s.spec.Testers) }},
	{"mirror", func(v value, s *strategy) { setPositive(v, maxMirror, &s.spec.Mirror) }},
	{"drainTimeout", func(v value, s *strategy) { setDuration(v, time.Millisecond, maxWait, &s.spec.DrainTimeout) }},
	{"holdTimeout", func(v value, s *strategy) { setDuration(v, time.Millisecond, maxWait, &s.spec.HoldTimeout) }},
	{"stableFor", func(v value, s *strategy) { setDuration(v, time.Millisecond, maxWait, &s.spec.StableFor) }},
}

var analysisKeys = keys[strategy]{
	{"minRequests", func(v value, s *strategy) { setPositive(v, maxRequests, &s.spec.Analysis.MinRequests) }},
	{"errorMargin", func(v value, s *strategy) { setPositive(v, 100, &s.spec.Analysis.ErrorMargin) }},
	{"latencyMargin", func(v value, s *strategy) { setPositive(v, maxLatencyMargin, &s.spec.Analysis.LatencyMargin) }},
	{"deadline", func(v value, s *strategy) { setDuration(v, time.Millisecond, maxPause, &s.spec.Analysis.Deadline) }},
	{"probes", func(v value, s *strategy) { readProbes(v, &s.spec.Analysis.Probes) }},
	{"rules", readRules},
}

const (
	maxRequests      = 1_000_000
	maxLatencyMargin = 10_000 // percent
)

func readStrategy(v value, s *strategy) {
	if v.n.kind == text {
		v.wrong("write strategy: {primary: "+clip(v.n.text)+"}", "expected a mapping (key: value), not a text")
		return
	}
	strategyKeys.read(v, s)
}

// strategies is deployment_strategies.<environment>.
type strategies struct {
	name         string
	at           place
	primary      lockstep.Strategy
	alternatives []lockstep.Strategy
	validation   lockstep.ValidationLevel
	approval     *bool

	primaryAt      word
	alternativesAt []word
}

var strategiesKeys = keys[strategies]{
	{"primary", func(v value, s *strategies) { s.primaryAt = readPrimary(v, &s.primary) }},
	{"alternatives", func(v value, s *strategies) { s.alternativesAt = readAlternatives(v, &s.alternatives) }},
	{"validation_required", func(v value, s *strategies) { setChoice(v, "validation level", validations, &s.validation) }},
	{"approval_required", func(v value, s *strategies) {
		if b, ok := v.boolean(); ok {
			s.approval = &b
		}
	}},
}

func readStrategies(v value) []*strategies {
	fields, ok := v.fields()
	if !ok {
		return nil
	}
	out := make([]*strategies, 0, len(fields))
	for _, f := range fields {
		s := &strategies{name: f.name, at: f.key}
		strategiesKeys.read(f.value, s)
		out = append(out, s)
	}
	return out
}

func readPrimary(v value, into *lockstep.Strategy) word {
	setChoice(v, "strategy", lockstep.Strategies(), into)
	return word{string(*into), v.at()}
}

func readAlternatives(v value, into *[]lockstep.Strategy) []word {
	names := v.set(func(item value) (string, bool) {
		s, ok := choice(item, "strategy", lockstep.Strategies())
		return string(s), ok
	})
	if names == nil {
		return nil
	}
	*into = make([]lockstep.Strategy, len(names))
	for i, n := range names {
		(*into)[i] = lockstep.Strategy(n.text)
	}
	return names
}

// readWeights reads the shares of traffic that a canary gets, step by step.
func readWeights(v value, into *lockstep.StrategySpec) {
	items, ok := v.list()
	if !ok {
		return
	}
	weights := make([]int, 0, len(items))
	for _, item := range items {
		w, good := item.integer(1, 100)
		if good && len(weights) > 0 && w <= weights[len(weights)-1] {
			item.wrong("", "weights grow from step to step, and %d does not come after %d", w, weights[len(weights)-1])
			good = false
		}
		if !good {
			ok = false
			continue
		}
		weights = append(weights, w)
	}
	if ok && (len(weights) == 0 || weights[len(weights)-1] != 100) {
		v.wrong("add 100 at the end", "the last weight is 100, when all requests go to the new revision")
		return
	}
	if ok {
		into.Weights = weights
	}
}
