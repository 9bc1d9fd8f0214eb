package lockstep

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"math/bits"
)

// Sketch estimates how many distinct things were added, and two of them add
// up without counting anybody twice: a HyperLogLog of 2048 registers, whose
// standard error is 2.3 %. It holds no thing, only how rare the rarest hash
// in each of its registers was. nil is empty. As JSON it is base64 text: of
// the registers that are set while they are few, else of all.
type Sketch []byte // nil, or SketchRegisters of them

const (
	sketchBits = 11
	// SketchRegisters is how many there are.
	SketchRegisters = 1 << sketchBits
	sketchHighest   = 64 - sketchBits + 1 // that a register may hold
)

// SketchRegister is the register of a 64-bit hash and what it has to hold at
// least. The hash has to be a good one.
func SketchRegister(hash uint64) (register int, rank byte) {
	rest := hash<<sketchBits | 1<<(sketchBits-1) // the guard ends the row of zeros
	return int(hash >> (64 - sketchBits)), byte(bits.LeadingZeros64(rest)) + 1
}

// Add counts a hash.
func (s *Sketch) Add(hash uint64) {
	if *s == nil {
		*s = make(Sketch, SketchRegisters)
	}
	register, rank := SketchRegister(hash)
	(*s)[register] = max((*s)[register], rank)
}

// Merge adds what another sketch has counted.
func (s *Sketch) Merge(other Sketch) {
	if other == nil {
		return
	}
	if *s == nil {
		*s = make(Sketch, SketchRegisters)
	}
	for i, rank := range other {
		(*s)[i] = max((*s)[i], rank)
	}
}

// Estimate is how many distinct things were added, by Ertl's estimator (2017),
// which needs no corrections for few or many.
func (s Sketch) Estimate() int64 {
	if s == nil {
		return 0
	}
	var counts [sketchHighest + 1]float64
	for _, rank := range s {
		counts[rank]++
	}
	const m = float64(SketchRegisters)
	if counts[0] == m {
		return 0
	}
	z := m * tau(1-counts[sketchHighest]/m)
	for k := sketchHighest - 1; k > 0; k-- {
		z = 0.5 * (z + counts[k])
	}
	z += m * sigma(counts[0]/m)
	return int64(math.Round(m * m / (2 * math.Ln2 * z)))
}

// sigma and tau sum what registers that are empty, and full, stand for.
func sigma(x float64) float64 {
	y, z := 1.0, x
	for before := -1.0; z != before; y += y {
		before = z
		x *= x
		z += x * y
	}
	return z
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for before := -1.0; z != before; {
		before = z
		x = math.Sqrt(x)
		y *= 0.5
		z -= (1 - x) * (1 - x) * y
	}
	return z / 3
}

// MarshalJSON writes three bytes for each register that is set, or all of them.
func (s Sketch) MarshalJSON() ([]byte, error) {
	var sparse []byte
	for i, rank := range s {
		if rank > 0 {
			sparse = append(sparse, byte(i>>8), byte(i), rank)
		}
	}
	raw := sparse
	if len(sparse) >= SketchRegisters {
		raw = s
	}
	return json.Marshal(base64.RawStdEncoding.EncodeToString(raw))
}

// UnmarshalJSON refuses what is no sketch.
func (s *Sketch) UnmarshalJSON(text []byte) error {
	var encoded string
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	raw, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	*s = nil
	if len(raw) == 0 {
		return nil
	}
	out := make(Sketch, SketchRegisters)
	switch {
	case len(raw) == SketchRegisters:
		copy(out, raw)
	case len(raw)%3 != 0 || len(raw) > SketchRegisters:
		return errors.New("a sketch has three bytes for each register, or all registers")
	default:
		for i := 0; i < len(raw); i += 3 {
			register := int(raw[i])<<8 | int(raw[i+1])
			if register >= SketchRegisters {
				return errors.New("a sketch has no such register")
			}
			out[register] = raw[i+2]
		}
	}
	for _, rank := range out {
		if rank > sketchHighest {
			return errors.New("a sketch's register holds more than it can")
		}
	}
	*s = out
	return nil
}
