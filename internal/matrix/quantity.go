package matrix

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	quantity  = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$`)
	byteUnits = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*([kKmMgGtT])(i?)[bB]$`)
)

var multiple = map[string]float64{
	"m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
	"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40,
}

const (
	leastMemory = 1 << 20
	mostMemory  = 64 << 40
	mostCPU     = 256
)

// cpu is a number of cores as Kubernetes writes it: 2, 0.5, 500m.
func (v value) cpu() (string, bool) {
	s, ok := v.filled()
	if !ok {
		return "", false
	}
	amount, unit, ok := parseQuantity(s)
	switch {
	case !ok || unit != "" && unit != "m":
		v.wrong("write 500m for half a core", "%q is no amount of CPU", clip(s))
	case amount < 1e-3:
		v.wrong("", "%s is less than 1m", clip(s))
	case amount > mostCPU && unit == "":
		v.wrong("did you mean "+s+"m?", "%s cores are more than %d", clip(s), mostCPU)
	case amount > mostCPU:
		v.wrong("", "%s is more than %d cores", clip(s), mostCPU)
	default:
		return s, true
	}
	return "", false
}

// memory is a number of bytes as Kubernetes writes it: 256Mi, 1G.
func (v value) memory() (string, bool) {
	s, ok := v.filled()
	if !ok {
		return "", false
	}
	amount, unit, ok := parseQuantity(s)
	switch {
	case !ok || unit == "m":
		v.wrong(memoryHint(s), "%q is no amount of memory", clip(s))
	case amount < leastMemory && unit == "":
		v.wrong("did you mean "+s+"Mi?", "%s bytes are less than any program needs", clip(s))
	case amount < leastMemory || amount > mostMemory:
		v.wrong("", "%s is out of range: use 1Mi to 64Ti", clip(s))
	default:
		return s, true
	}
	return "", false
}

func parseQuantity(s string) (amount float64, unit string, ok bool) {
	m := quantity.FindStringSubmatch(s)
	if m == nil {
		return 0, "", false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	return n * multiple[m[2]], m[2], err == nil
}

func memoryHint(s string) string {
	if m := byteUnits.FindStringSubmatch(s); m != nil {
		return "did you mean " + m[1] + strings.ToUpper(m[2]) + "i?"
	}
	return "write 256Mi or 1Gi"
}
