package lockstep

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// MilliCPU is the CPU limit in thousandths of a core; 0 is none.
func (r Resources) MilliCPU() (int64, error) {
	if r.CPU == "" {
		return 0, nil
	}
	n, err := amount(r.CPU, cpuUnits)
	return int64(math.Ceil(n * 1000)), err
}

// MemoryBytes is the memory limit; 0 is none.
func (r Resources) MemoryBytes() (int64, error) {
	if r.Memory == "" {
		return 0, nil
	}
	n, err := amount(r.Memory, memoryUnits)
	return int64(n), err
}

type unit struct {
	suffix string
	factor float64
}

// The units that a matrix may use; of those that end alike the longer ones first.
var (
	cpuUnits    = []unit{{"m", 1e-3}, {"", 1}}
	memoryUnits = []unit{
		{"Ki", 1 << 10},
		{"Mi", 1 << 20},
		{"Gi", 1 << 30},
		{"Ti", 1 << 40},
		{"k", 1e3},
		{"M", 1e6},
		{"G", 1e9},
		{"T", 1e12},
		{"", 1},
	}
)

func amount(s string, units []unit) (float64, error) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(digits, 64)
		if n *= u.factor; err == nil && n > 0 && n < math.MaxInt64/1000 {
			return n, nil
		}
		break
	}
	return 0, fmt.Errorf("%q is no amount", s)
}
