package fake

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// script is what an instance does, read from its service's command.
type script struct {
	readyAfter   time.Duration
	hangs        bool
	exits        bool
	exitStatus   int
	exitAfter    time.Duration
	unreadyAfter time.Duration // 0: never
	stubborn     bool
	answers      map[string]int
	errorPercent int
	slower       int // times
	busy         int64
	busyFor      time.Duration
	listen       string
	logs         []string
	takes        time.Duration
	failures     int // 0: as many as there are runs
	results      map[string]string
}

func parse(command []string) (script, error) {
	s := script{answers: map[string]int{}, slower: 1}
	for _, line := range command {
		verb, rest, _ := strings.Cut(line, " ")
		var err error
		switch verb {
		case "ready":
			_, err = fmt.Sscanf(rest, "after %s", duration{&s.readyAfter})
		case "hang":
			s.hangs = true
		case "exit":
			s.exits = true
			status, after, timed := strings.Cut(rest, " after ")
			if s.exitStatus, err = strconv.Atoi(status); err == nil && timed {
				s.exitAfter, err = time.ParseDuration(after)
			}
		case "unready":
			_, err = fmt.Sscanf(rest, "after %s", duration{&s.unreadyAfter})
		case "stubborn":
			s.stubborn = true
		case "answer":
			var status int
			var path string
			_, err = fmt.Sscanf(rest, "%d on %s", &status, &path)
			s.answers[path] = status
		case "errors":
			_, err = fmt.Sscanf(rest, "%d%%", &s.errorPercent)
		case "slow":
			_, err = fmt.Sscanf(rest, "%dx", &s.slower)
		case "busy":
			_, err = fmt.Sscanf(rest, "%d for %s", &s.busy, duration{&s.busyFor})
		case "listen":
			s.listen = rest
		case "takes":
			s.takes, err = time.ParseDuration(rest)
		case "recovers":
			_, err = fmt.Sscanf(rest, "after %d", &s.failures)
		case "result":
			name, value, _ := strings.Cut(rest, "=")
			if s.results == nil {
				s.results = map[string]string{}
			}
			s.results[name] = value
		case "log":
			s.logs = append(s.logs, rest)
		default:
			err = fmt.Errorf("no such verb")
		}
		if err != nil {
			return s, fmt.Errorf("fake: cannot read %q: %w", line, err)
		}
	}
	return s, nil
}

// duration lets Sscanf read one.
type duration struct{ to *time.Duration }

func (d duration) Scan(state fmt.ScanState, _ rune) error {
	word, err := state.Token(true, nil)
	if err != nil {
		return err
	}
	*d.to, err = time.ParseDuration(string(word))
	return err
}
