package monitor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// result is what one probe of a dependency found.
type result struct {
	status   lockstep.HealthStatus // never unknown
	took     time.Duration
	timedOut bool
	version  string
	message  string         // why it is not healthy
	facts    []string       // of the figure, for people
	metadata map[string]any // the same for programs; numbers are float64
}

func (r result) figure() string { return strings.Join(r.facts, ", ") }

// found begins the result of something that answered.
func found(version string) result {
	return result{status: lockstep.HealthHealthy, version: version, metadata: map[string]any{}}
}

// fact adds a figure under its name, and as people read it.
func (r *result) fact(name string, value any, text string) {
	switch v := value.(type) {
	case int:
		value = float64(v)
	case int64:
		value = float64(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return // JSON has none, and one would keep all others from being written
		}
	}
	r.metadata[name] = value
	if text != "" {
		r.facts = append(r.facts, text)
	}
}

// worse makes it a warning, or unhealthy, for a reason.
func (r *result) worse(status lockstep.HealthStatus, format string, args ...any) {
	if r.status != lockstep.HealthUnhealthy {
		r.status = status
	}
	if r.message != "" {
		r.message += "; "
	}
	r.message += fmt.Sprintf(format, args...)
}

// failed is the result of a probe that got no answer it could use. What the
// error says is put in our own words: those of a driver may quote what was
// sent, or where.
func failed(err error) result {
	r := result{status: lockstep.HealthUnhealthy, metadata: map[string]any{}}
	var dns *net.DNSError
	var said refusal
	var timeout net.Error
	switch {
	case errors.As(err, &said):
		r.message = string(said)
	case errors.As(err, &dns) && dns.IsNotFound:
		r.message = "its name is not known"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		r.message, r.timedOut = "no answer in time", true
	case errors.As(err, &dns):
		r.message = "its name could not be looked up"
	case errors.Is(err, syscall.ECONNREFUSED):
		r.message = "the connection was refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		r.message = "the connection was broken"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		r.message = "there is no way to it"
	case isTLS(err):
		r.message = "its certificate is not trusted"
	default:
		r.message = "it gave no answer that could be understood"
	}
	return r
}

// refusal is why a probe failed, in words that may be shown.
type refusal string

func (r refusal) Error() string { return string(r) }

func refused(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// judge lays the limits over what was found.
func (r *result) judge(l lockstep.CheckLimits) {
	if r.status == lockstep.HealthUnhealthy {
		return
	}
	if limit := l.LatencyAbove.Std(); limit > 0 && r.took > limit {
		r.worse(lockstep.HealthWarning, "took %s, more than %s", round(r.took), limit)
	}
	below := func(name, what string, limit int, unit string) {
		if v, ok := r.metadata[name].(float64); ok && limit > 0 && v < float64(limit) {
			r.worse(lockstep.HealthWarning, "%s %s%s, fewer than %d%s", what, number(v), unit, limit, unit)
		}
	}
	below("hitRatio", "hits", l.HitRatioBelow, "%")
	below("replicas", "replicas", l.ReplicasBelow, "")
	below("nodes", "nodes", l.NodesBelow, "")
	if v, ok := r.metadata["pending"].(float64); ok && l.PendingAbove > 0 && v > float64(l.PendingAbove) {
		r.worse(lockstep.HealthWarning, "%s pending, more than %d", number(v), l.PendingAbove)
	}
	if v, ok := r.metadata["usedBytes"].(float64); ok && l.UsedAbove != "" {
		if limit, err := (lockstep.Resources{Memory: l.UsedAbove}).MemoryBytes(); err == nil && v > float64(limit) {
			r.worse(lockstep.HealthWarning, "%s used, more than %s", amount(v), l.UsedAbove)
		}
	}
	if v, ok := r.metadata["expiresIn"].(float64); ok && l.ExpiresWithin > 0 && v < l.ExpiresWithin.Std().Seconds() {
		left := time.Duration(v) * time.Second
		r.worse(lockstep.HealthWarning, "its certificate ends in %d days", int(left.Hours()/24))
	}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// round keeps what a person wants to know of a latency.
func round(d time.Duration) time.Duration {
	switch {
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond)
	case d < time.Second:
		return d.Round(time.Millisecond)
	default:
		return d.Round(100 * time.Millisecond)
	}
}

func amount(v float64) string {
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if v < 1024 {
			return strconv.FormatFloat(v, 'f', decimals(v, unit), 64) + " " + unit
		}
		v /= 1024
	}
	return strconv.FormatFloat(v, 'f', decimals(v, "TiB"), 64) + " TiB"
}

func decimals(v float64, unit string) int {
	if unit == "B" || v >= 100 {
		return 0
	}
	return 1
}

func days(d time.Duration) string {
	if d < 48*time.Hour {
		return strconv.Itoa(int(d.Hours())) + " h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + " days"
}
