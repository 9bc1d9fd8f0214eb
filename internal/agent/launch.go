package agent

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// The variables that mark a process as ours, so that it and whatever it
// starts are found again: the directory of its agent, and the launch.
const (
	envAgent  = "LOCKSTEP_AGENT"
	envLaunch = "LOCKSTEP_LAUNCH"
)

// newLaunch names a launch for ever. What carries the name is found to be of
// its environment also when nothing else is known of that any more.
func newLaunch(env string) string {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b) + launchSuffix(env)
}

// launchSuffix is what the names of an environment's launches end with.
func launchSuffix(env string) string {
	sum := sha256.Sum256([]byte(env))
	return hex.EncodeToString(sum[:6])
}

// environ is a clean environment: what any program needs of ours, then given.
// Later entries win, and the marks come last: they are not an app's to set.
func environ(home string, given []string, marks ...string) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "LANG", "TZ", "TMPDIR"} {
		if v, ok := os.LookupEnv(name); ok && (name != "HOME" || home == "") {
			env = append(env, name+"="+v)
		}
	}
	if home != "" {
		env = append(env, "HOME="+home)
	}
	for _, kv := range given {
		if !strings.HasPrefix(kv, envAgent+"=") && !strings.HasPrefix(kv, envLaunch+"=") {
			env = append(env, kv)
		}
	}
	return append(env, marks...)
}

// placeholders fills {{port}}, {{environment}} and {{project}}.
func placeholders(place wire.Place, port int) *strings.Replacer {
	return strings.NewReplacer(
		"{{port}}", strconv.Itoa(port),
		"{{environment}}", place.Environment,
		"{{project}}", place.Project,
	)
}

// urlName is the variable that leads to a service: <SERVICE>_URL.
func urlName(service string) string {
	return strings.ToUpper(strings.ReplaceAll(service, "-", "_")) + "_URL"
}

// command makes what an instance runs. Its output goes to log, which the
// caller closes after the start.
func (i *instance) command(rec record, log *os.File) (*exec.Cmd, error) {
	spec, fill := i.group.Spec, placeholders(i.group.Place, rec.Port)
	dir := i.a.artifacts.path(spec.Artifact)
	if spec.Artifact == "" {
		dir = i.a.scratch(i.env, i.id)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("its working directory: %w", err)
		}
	}
	owner, err := lookUpUser(spec.User)
	if err != nil {
		return nil, err
	}
	if owner != nil {
		if err := i.a.admit(owner, dir, spec.Artifact == ""); err != nil {
			return nil, err
		}
	}
	args := make([]string, len(spec.Command))
	for n, arg := range spec.Command {
		args[n] = fill.Replace(arg)
	}
	path, err := resolve(args[0], dir)
	if err != nil {
		return nil, err
	}
	given := []string{
		"PORT=" + strconv.Itoa(rec.Port),
		"LOCKSTEP_PROJECT=" + i.group.Place.Project,
		"LOCKSTEP_ENVIRONMENT=" + i.group.Place.Environment,
		"LOCKSTEP_SERVICE=" + i.group.Service,
		"LOCKSTEP_INSTANCE=" + i.id,
	}
	for service, port := range i.a.dependencies(i.env, i.group) {
		given = append(given, urlName(service)+"="+localURL(port))
	}
	own, err := variables(spec.Env, spec.SecretEnv, fill)
	if err != nil {
		return nil, err
	}
	if own, err = i.a.asFiles(valuesOf(i.env, i.id), own, spec.FileEnv, owner); err != nil {
		return nil, err
	}
	given = append(given, own...)
	cmd := &exec.Cmd{
		Path: path, Args: args, Dir: dir, Stdout: log, Stderr: log,
		Env: environ(owner.homeDir(), given, envAgent+"="+i.a.identity, envLaunch+"="+rec.Launch),
	}
	if owner != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner.credential}
	}
	return cmd, nil
}

// resolve finds a program: one that is named with a slash in the working
// directory, any other in PATH.
func resolve(name, dir string) (string, error) {
	if strings.Contains(name, "/") {
		path := name
		if !filepath.IsAbs(name) {
			path = filepath.Join(dir, name)
		}
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return "", lockstep.Errorf(lockstep.CodeInvalid, "the command %s does not exist: %w", name, errors.Unwrap(err))
		case info.IsDir() || info.Mode()&0o111 == 0:
			return "", lockstep.Errorf(lockstep.CodeInvalid, "the command %s is not an executable file", name)
		}
		return path, nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", lockstep.Errorf(lockstep.CodeInvalid, "the command %s is not in the agent's PATH: install it, or name the file with a slash", name)
	}
	return path, nil
}

// account is the user that a service runs as.
type account struct {
	name, home string
	credential *syscall.Credential
}

func (a *account) homeDir() string {
	if a == nil {
		return ""
	}
	return a.home
}

// lookUpUser is nil where the service names none.
func lookUpUser(name string) (*account, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // nobody named is nobody to become
	}
	if os.Geteuid() != 0 {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "user %q: only an agent that runs as root can start a service as another user", name)
	}
	u, err := user.Lookup(name)
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "user %q does not exist on this machine", name)
	}
	ids, err := u.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("groups of user %s: %w", name, err)
	}
	var numbers []uint32
	for _, text := range append([]string{u.Uid, u.Gid}, ids...) {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		numbers = append(numbers, uint32(n))
	}
	c := &syscall.Credential{Uid: numbers[0], Gid: numbers[1], Groups: numbers[2:]}
	return &account{name: name, home: u.HomeDir, credential: c}, nil
}

// admit lets another user reach a working directory below ours, and own it
// where it is an instance's alone. Everything else there is closed by its own
// permissions.
func (a *agent) admit(owner *account, dir string, own bool) error {
	for d := filepath.Dir(dir); strings.HasPrefix(d, a.opts.Dir) || a.values.holds(d); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o711); err != nil {
			return fmt.Errorf("let user %s reach its directory: %w", owner.name, err)
		}
	}
	if own {
		if err := os.Chown(dir, int(owner.credential.Uid), int(owner.credential.Gid)); err != nil {
			return fmt.Errorf("give user %s its directory: %w", owner.name, err)
		}
	}
	return nil
}
