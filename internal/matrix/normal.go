package matrix

import "math"

// exactInteger is up to where a float64, and with it JSON, holds every whole
// number.
const exactInteger = 1 << 53

// normal makes values comparable that went different ways: a whole number is
// int64, also one that JSON read as float64, and float64 where that lost digits.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, one := range v {
			out[k] = normal(one)
		}
		return out
	case branch:
		return normal(map[string]any(v))
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = normal(one)
		}
		return out
	case int:
		return normal(int64(v))
	case int64:
		if v > exactInteger || v < -exactInteger {
			return float64(v)
		}
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= exactInteger {
			return int64(v)
		}
		return v
	default:
		return v
	}
}
