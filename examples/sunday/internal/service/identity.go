package service

import "os"

// Identity is what a running process tells about itself. Answers carry it so
// that whoever watches a deployment sees which version served them.
type Identity struct {
	Service     string `json:"service"`
	Version     string `json:"version"`
	Environment string `json:"environment"`
	Instance    string `json:"instance"`
	PID         int    `json:"pid"`
}

// Identify reads the identity that Lockstep gives a process. The version is not
// given unasked: the matrix asks for it with env: {SUNDAY_VERSION: "{{version}}"}
// and thereby for a new process at each release. Without it the version is the
// one built in (-ldflags "-X main.version=1.2.3").
func Identify(name, built string, getenv func(string) string) Identity {
	return Identity{
		Service:     name,
		Version:     or(getenv("SUNDAY_VERSION"), built, "dev"),
		Environment: or(getenv("LOCKSTEP_ENVIRONMENT"), "local"),
		Instance:    or(getenv("LOCKSTEP_INSTANCE"), name),
		PID:         os.Getpid(),
	}
}

func or(candidates ...string) string {
	for _, c := range candidates {
		if c != "" {
			return c
		}
	}
	return ""
}
