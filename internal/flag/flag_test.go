package flag_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/flag"
)

func compile(t *testing.T, flags map[string]string) flag.Set {
	t.Helper()
	set, problems := flag.Compile(flags)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return set
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	set := compile(t, map[string]string{
		"on":      `{"enabled": true}`,
		"off":     `{"enabled": false}`,
		"all":     `{"enabled": true, "rollout": {"percent": 100}}`,
		"none":    `{"enabled": true, "rollout": {"percent": 0}}`,
		"colour":  `{"enabled": true, "variants": {"red": "#f00", "blue": "#00f"}, "default": "blue"}`,
		"resting": `{"enabled": false, "variants": {"red": "#f00"}, "default": "red"}`,
		"targeted": `{"enabled": true, "default": "off", "targeting": [
			{"if": "context.email endsWith \"@example.com\"", "variant": "on"},
			{"if": "context.plan in [\"team\", \"company\"]", "rollout": {"percent": 100, "by": "account"}}]}`,
		"limits": `{"enabled": true, "variants": {"low": {"max": 1}, "high": {"max": 100}}, "default": "low", "targeting": [{"if": "context.seats > 10", "variant": "high"}]}`,
	})
	for _, c := range []struct {
		flag string
		ctx  flag.Context
		want string
	}{
		{"on", nil, "on true STATIC"},
		{"off", nil, "off false DISABLED"},
		{"all", flag.Context{"targetingKey": "ana"}, "on true SPLIT"},
		{"none", flag.Context{"targetingKey": "ana"}, "off false SPLIT"},
		{"all", nil, "TARGETING_KEY_MISSING"},
		{"all", flag.Context{"targetingKey": []any{1}}, "TARGETING_KEY_MISSING"},
		{"colour", nil, "blue #00f STATIC"},
		{"resting", nil, " <nil> DISABLED"},
		{"targeted", flag.Context{"email": "ana@example.com"}, "on true TARGETING_MATCH"},
		{"targeted", flag.Context{"email": "ana@example.org"}, "off false DEFAULT"},
		{"targeted", flag.Context{"email": 7.0}, "off false DEFAULT"},
		{"targeted", nil, "off false DEFAULT"},
		{"targeted", flag.Context{"plan": "team", "account": 12.0}, "on true SPLIT"},
		{"targeted", flag.Context{"plan": "team"}, "TARGETING_KEY_MISSING"},
		{"limits", flag.Context{"seats": 11.0}, "high map[max:100] TARGETING_MATCH"},
		{"limits", flag.Context{"seats": "many"}, "low map[max:1] DEFAULT"},
		{"nobody", nil, "FLAG_NOT_FOUND"},
	} {
		e := set.Evaluate(c.flag, c.ctx)
		got := fmt.Sprintf("%s %v %s", e.Variant, e.Value, e.Reason)
		if e.Fault != "" {
			got = string(e.Fault)
		}
		if got != c.want || e.Key != c.flag {
			t.Errorf("%s for %v: %s, want %s", c.flag, c.ctx, got, c.want)
		}
	}
	if all := set.All(nil); len(all) != 8 || all[0].Key != "all" || all[7].Key != "targeted" {
		t.Errorf("all flags: %v", all)
	}
}

// TestARolloutIsStable: of many keys as many as it says get the variant, who
// had it at a smaller share has it still, and two flags choose other people.
func TestARolloutIsStable(t *testing.T) {
	t.Parallel()
	const keys = 20_000
	had := map[string]bool{}
	for _, percent := range []float64{1, 20, 50, 99.5} {
		set := compile(t, map[string]string{
			"a": fmt.Sprintf(`{"enabled": true, "rollout": {"percent": %v}}`, percent),
			"b": fmt.Sprintf(`{"enabled": true, "rollout": {"percent": %v}}`, percent),
		})
		count, both := 0, 0
		for i := range keys {
			key := fmt.Sprintf("user-%d", i)
			on := set.Evaluate("a", flag.Context{"targetingKey": key}).Variant == flag.On
			if on {
				count++
				if set.Evaluate("b", flag.Context{"targetingKey": key}).Variant == flag.On {
					both++
				}
			}
			if had[key] && !on {
				t.Fatalf("%s had it at less than %v percent, and lost it", key, percent)
			}
			had[key] = on
		}
		share := percent / 100
		if off := math.Abs(float64(count)/keys - share); off > 5*math.Sqrt(share*(1-share)/keys) {
			t.Errorf("%v percent: %d of %d", percent, count, keys)
		}
		if expected := share * share * keys; math.Abs(float64(both)-expected) > 6*math.Sqrt(expected)+5 {
			t.Errorf("%v percent: %d have both flags, about %.0f would by chance", percent, both, expected)
		}
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for json, want := range map[string]string{
		`{"enabled": "yes"}`:              "f: enabled is a string",
		`{"enabled": true, "rolout": {}}`: `f: there is no "rolout" in a flag`,
		`[]`:                              "f: it is a array",
		`{"enabled": true, "variants": {"a": 1}}`:                                                "f.default: say which variant",
		`{"enabled": true, "variants": {"a": 1, "b": "x"}, "default": "a"}`:                      "f.variants.b: it is a string",
		`{"enabled": true, "variants": {"a": null}, "default": "a"}`:                             "f.variants.a: its value is null",
		`{"enabled": true, "default": "blue"}`:                                                   `f.default: there is no variant "blue": use one of off, on`,
		`{"enabled": true, "rollout": {"percent": 101}}`:                                         "f.rollout: 101 percent is not between 0 and 100",
		`{"enabled": true, "rollout": {"variants": {"on": 60, "off": 60}}}`:                      "f.rollout: its variants have 120 percent together",
		`{"enabled": true, "rollout": {"percent": 1, "variants": {"on": 60}}}`:                   "f.rollout: say percent",
		`{"enabled": true, "targeting": [{"if": "context.a =", "variant": "on"}]}`:               "f.targeting[0].if: = does not compare: write ==, at character 11",
		`{"enabled": true, "targeting": [{"if": "true"}]}`:                                       "f.targeting[0]: give those",
		`{"enabled": true, "targeting": [{"variant": "on"}]}`:                                    "f.targeting[0].if: say for whom",
		`{"enabled": true, "targeting": [{"if": "upper(context.a) == \"A\"", "variant": "on"}]}`: "f.targeting[0].if: there is no function upper here",
	} {
		set, problems := flag.Compile(map[string]string{"f": json, "good": `{"enabled": true}`})
		var got strings.Builder
		for _, p := range problems {
			got.WriteString(p.Field + ": " + p.Message + "\n")
		}
		if !strings.Contains(got.String(), want) {
			t.Errorf("%s\ngot  %s\nwant %s", json, got.String(), want)
		}
		if len(set.Names()) != 1 || set.Evaluate("good", nil).Variant != flag.On {
			t.Errorf("%s: the other flag is gone: %v", json, set.Names())
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`{"enabled": true, "variants": {"a": {}, "b": []}, "default": "a", "targeting": [{"if": "context.x > 1", "rollout": {"variants": {"a": 10}}}]}`, "x")
	f.Fuzz(func(t *testing.T, json, key string) {
		set, problems := flag.Compile(map[string]string{"f": json})
		if len(problems) > 0 {
			return
		}
		e := set.Evaluate("f", flag.Context{"targetingKey": key, "x": key})
		if e.Fault == "" && e.Reason == "" || e.Variant == "" && e.Fault == "" && e.Reason != flag.ReasonDisabled {
			t.Fatalf("%s: %+v", json, e)
		}
	})
}
