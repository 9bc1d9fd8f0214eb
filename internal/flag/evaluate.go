package flag

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strconv"
)

// Reason is why somebody gets a variant (OpenFeature's).
type Reason string

// The reasons.
const (
	ReasonStatic         Reason = "STATIC"          // everyone gets it
	ReasonTargetingMatch Reason = "TARGETING_MATCH" // a rule holds for them
	ReasonSplit          Reason = "SPLIT"           // they are in a rollout's part
	ReasonDefault        Reason = "DEFAULT"         // there are rules, and none holds
	ReasonDisabled       Reason = "DISABLED"        // it is not enabled
)

// Fault is why a flag cannot be evaluated (OpenFeature's error codes).
type Fault string

// The faults.
const (
	FaultNotFound            Fault = "FLAG_NOT_FOUND"
	FaultTargetingKeyMissing Fault = "TARGETING_KEY_MISSING"
	FaultParse               Fault = "PARSE_ERROR"
	FaultContext             Fault = "INVALID_CONTEXT"
	FaultGeneral             Fault = "GENERAL"
)

// Evaluation is what somebody gets. Without a variant they use their own
// default.
type Evaluation struct {
	Key     string
	Reason  Reason
	Variant string
	Value   any

	Fault  Fault // "": there is none
	Detail string
}

// Context is who asks, and what is known of them.
type Context map[string]any

const targetingKey = "targetingKey"

// Evaluate says what a flag is for a context.
func (s Set) Evaluate(name string, ctx Context) Evaluation {
	f, ok := s.flags[name]
	if !ok {
		return Evaluation{Key: name, Fault: FaultNotFound, Detail: "there is no flag " + strconv.Quote(name)}
	}
	e := f.decide(name, ctx)
	e.Key = name
	if e.Fault == "" && e.Variant != "" {
		e.Value = f.Variants[e.Variant]
	}
	return e
}

// All evaluates every flag, in the order of their names.
func (s Set) All(ctx Context) []Evaluation {
	out := make([]Evaluation, len(s.names))
	for i, name := range s.names {
		out[i] = s.Evaluate(name, ctx)
	}
	return out
}

func (f compiled) decide(name string, ctx Context) Evaluation {
	if !f.Enabled {
		return Evaluation{Reason: ReasonDisabled, Variant: f.Off}
	}
	over := facts{TargetingKey: ctx.text(targetingKey), Context: ctx}
	for i, condition := range f.conditions {
		// A condition that cannot be computed, because somebody has no email,
		// does not hold for them.
		if holds, err := condition.Holds(over); err != nil || !holds {
			continue
		}
		t := f.Targeting[i]
		if t.Rollout == nil {
			return Evaluation{Reason: ReasonTargetingMatch, Variant: t.Variant}
		}
		return f.split(name, *t.Rollout, ctx)
	}
	switch {
	case f.Rollout != nil:
		return f.split(name, *f.Rollout, ctx)
	case len(f.Targeting) > 0:
		return Evaluation{Reason: ReasonDefault, Variant: f.Default}
	}
	return Evaluation{Reason: ReasonStatic, Variant: f.Default}
}

// split gives the variant of the part that the context's key falls into.
func (f compiled) split(name string, r Rollout, ctx Context) Evaluation {
	key := ctx.text(r.By)
	if key == "" {
		return Evaluation{Fault: FaultTargetingKeyMissing, Detail: "the flag is rolled out by " + r.By + ", which the context does not have"}
	}
	at := place(name, key)
	below := 0.0
	for _, variant := range names(r.Variants) {
		if below += r.Variants[variant]; at < below {
			return Evaluation{Reason: ReasonSplit, Variant: variant}
		}
	}
	return Evaluation{Reason: ReasonSplit, Variant: f.Default}
}

// place is where a key stands between 0 and 100, for a flag.
func place(flag, key string) float64 {
	sum := sha256.Sum256([]byte(flag + "\x00" + key))
	const parts = 1 << 53
	return float64(binary.BigEndian.Uint64(sum[:8])%parts) / parts * 100
}

// text is an attribute as a text: a number counts as it is written.
func (c Context) text(name string) string {
	switch v := c[name].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
