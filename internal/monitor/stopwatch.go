package monitor

import "time"

// stopwatch measures how long an answer takes. That is real time whatever
// clock the monitor has: it decides nothing but a figure.
type stopwatch struct{ began time.Time }

func startWatch() stopwatch { return stopwatch{time.Now()} }

func (s stopwatch) passed() time.Duration { return time.Since(s.began) }

// left is the real time up to a deadline of a context.
func left(deadline time.Time) time.Duration { return max(time.Until(deadline), time.Millisecond) }
