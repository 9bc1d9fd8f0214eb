package agent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// jobOrder is what RunJobProcess reads from its standard input: it holds
// secrets, so it is on no disk and in no argument.
type jobOrder struct {
	Path    string              `json:"path"`
	Args    []string            `json:"args"`
	Env     []string            `json:"env"`
	Dir     string              `json:"dir"`
	User    *syscall.Credential `json:"user,omitempty"` // whom the command runs as; nil: as this process
	Timeout time.Duration       `json:"timeout"`
	Grace   time.Duration       `json:"grace"`
	HTTP    *wire.HTTPJob       `json:"http,omitempty"` // instead of a command
	job     string              // its directory
	Network HookNetwork         `json:"network,omitempty"` // that it may be sent to
}

// orderJob fills in what the command needs to run here.
func (a *agent) orderJob(req wire.JobRequest, launch string) (jobOrder, error) {
	if req.HTTP != nil {
		return a.orderRequest(req, launch)
	}
	if len(req.Command) == 0 {
		return jobOrder{}, lockstep.Invalid("command", "the job has no command")
	}
	dir := filepath.Join(a.jobDir(launch), dirWork)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return jobOrder{}, storing(err)
	}
	if req.Artifact != "" {
		dir = a.artifacts.path(req.Artifact)
	}
	fill := strings.NewReplacer("{{environment}}", req.Place.Environment, "{{project}}", req.Place.Project)
	owner, err := lookUpUser(req.User)
	if err == nil && owner != nil {
		err = a.admit(owner, dir, req.Artifact == "")
	}
	results := filepath.Join(a.jobDir(launch), fileResults)
	if err == nil {
		if unwritten := os.WriteFile(results, nil, 0o600); unwritten != nil {
			err = storing(unwritten)
		}
	}
	if err == nil && owner != nil {
		err = a.admit(owner, results, true)
	}
	if err != nil {
		return jobOrder{}, errors.Join(err, os.RemoveAll(a.jobDir(launch)))
	}
	args := make([]string, len(req.Command))
	for n, arg := range req.Command {
		args[n] = fill.Replace(arg)
	}
	path, err := resolve(args[0], dir)
	if err != nil {
		return jobOrder{}, errors.Join(err, os.RemoveAll(a.jobDir(launch)))
	}
	own, err := variables(req.Env, req.Secrets, fill)
	if err == nil {
		own, err = a.asFiles(valuesOf(ofJobs, launch), own, req.Files, owner)
	}
	if err != nil {
		return jobOrder{}, errors.Join(err, os.RemoveAll(a.jobDir(launch)))
	}
	given := append([]string{"LOCKSTEP_PROJECT=" + req.Place.Project, "LOCKSTEP_ENVIRONMENT=" + req.Place.Environment}, own...)
	given = append(given, "LOCKSTEP_RESULTS="+results)
	order := jobOrder{
		Path: path, Args: args, Dir: dir, Timeout: jobTimeout(req), Grace: jobGrace,
		Env: environ(owner.homeDir(), given, a.marks(launch)...),
	}
	if owner != nil {
		order.User = owner.credential
	}
	return order, nil
}

func jobTimeout(req wire.JobRequest) time.Duration {
	if d := req.Timeout.Std(); d > 0 {
		return min(d, maxJobTime)
	}
	return defaultJobTimeout
}

func (a *agent) marks(launch string) []string {
	return []string{envAgent + "=" + a.identity, envLaunch + "=" + launch}
}

// launchJob starts the process that runs the command.
func (a *agent) launchJob(order jobOrder, launch string) (*process, error) {
	text, err := json.Marshal(order)
	if err != nil {
		return nil, fmt.Errorf("launch job: %w", err)
	}
	args := append(slices.Clone(a.opts.JobCommand), a.jobDir(launch))
	cmd := &exec.Cmd{
		Path: args[0], Args: args, Dir: a.jobDir(launch), Stdin: bytes.NewReader(text),
		Env: environ("", nil, a.marks(launch)...),
	}
	p, _, err := begin(cmd, launch, nil)
	if err != nil {
		return nil, fmt.Errorf("launch job: %w", err)
	}
	return p, nil
}
