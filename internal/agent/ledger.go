package agent

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// count adds to what was made.
func (e *environment) count(kind lockstep.LedgerKind, n int) {
	if n == 0 {
		return
	}
	if e.Made == nil {
		e.Made = map[lockstep.LedgerKind]int64{}
	}
	e.Made[kind] += int64(n)
}

// countDirectories counts those that instances of a group need: for logs, and
// to work in where there is no artifact.
func (e *environment) countDirectories(g *group) {
	need := int64(1)
	if g.Spec.Artifact == "" {
		need = 2
	}
	e.count(lockstep.LedgerDirectories, int(max(0, need-e.Made[lockstep.LedgerDirectories])))
}

// ledger says what was made for an environment, and looks for what is there of
// it: in the system, in the directory and at the edge, not in the state alone.
func (a *agent) ledger(env string) (lockstep.Ledger, error) {
	seen, err := a.table.now()
	if err != nil {
		return nil, err
	}
	known := a.store.view().environment(env)
	left := map[lockstep.LedgerKind][]string{
		lockstep.LedgerProcesses:   a.processesOf(env, seen),
		lockstep.LedgerJobs:        names(a.jobDirs(env)),
		lockstep.LedgerDirectories: a.directoriesOf(env),
		lockstep.LedgerListeners:   a.hosts.of(env),

		lockstep.LedgerCgroups:      a.cells.of(env),
		lockstep.LedgerArtifacts:    a.artifactsOf(env),
		lockstep.LedgerCertificates: a.certificatesOf(env),
	}
	for id := range known.Groups {
		left[lockstep.LedgerGroups] = append(left[lockstep.LedgerGroups], id)
	}
	for _, port := range a.ports.of(env) {
		left[lockstep.LedgerPorts] = append(left[lockstep.LedgerPorts], strconv.Itoa(port))
	}
	routed, pools := a.edge.Remains(env)
	if routed || known.Routing != nil {
		left[lockstep.LedgerRoutes] = []string{known.Place.Environment}
	}
	for _, pool := range pools {
		left[lockstep.LedgerRoutes] = append(left[lockstep.LedgerRoutes], "pool "+pool)
	}
	var out lockstep.Ledger
	for _, kind := range lockstep.LedgerKinds() {
		slices.Sort(left[kind])
		out = append(out, lockstep.NewLedgerEntry(kind, known.Made[kind], left[kind]))
	}
	return out, nil
}

// processesOf are the living processes of an environment's launches, and what
// these started. Where the system does not show marks they are those that the
// state knows.
func (a *agent) processesOf(env string, seen []sighting) (out []string) {
	if !findsLaunches {
		for _, g := range a.store.view().environment(env).Groups {
			for _, r := range g.Instances {
				if r.PID != 0 && birth(r.PID) == r.Born {
					out = append(out, strconv.Itoa(r.PID))
				}
			}
		}
		return out
	}
	for _, s := range seen {
		if s.identity == a.identity && strings.HasSuffix(s.launch, launchSuffix(env)) {
			out = append(out, strconv.Itoa(s.pid))
		}
	}
	return out
}

func (a *agent) jobDirs(env string) []string {
	dirs, _ := filepath.Glob(a.jobDir("*" + launchSuffix(env))) // the pattern is right
	return dirs
}

func names(paths []string) []string {
	out := make([]string, len(paths))
	for i, path := range paths {
		out[i] = filepath.Base(path)
	}
	return out
}

func (a *agent) directoriesOf(env string) (out []string) {
	for _, dir := range []string{filepath.Join(a.logs.dir, env), a.scratch(env, "")} {
		if _, err := os.Lstat(dir); err == nil {
			out = append(out, dir)
		}
	}
	return out
}

// of are the open listeners of an environment.
func (h *hosts) of(env string) (out []string) {
	for name := range h.all() {
		if name == hostEnvironment(env) || strings.HasPrefix(name, hostGroup(env, "")) {
			out = append(out, name)
		}
	}
	return out
}
