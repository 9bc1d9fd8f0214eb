package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// router is a process under test, or the backend itself.
type router struct {
	name string
	addr string
	cmd  *exec.Cmd
}

// launch starts a process and waits until it listens.
func launch(ctx context.Context, name, addr string, cmd *exec.Cmd) (*router, error) {
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	r := &router{name: name, addr: addr, cmd: cmd}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			return r, conn.Close()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			r.stop()
			return nil, fmt.Errorf("%s does not listen at %s: %w", name, addr, err)
		}
	}
}

func (r *router) stop() {
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(5*time.Second, func() { _ = r.cmd.Process.Kill() })
	defer timer.Stop()
	_ = r.cmd.Wait() // it was told to go; how it went does not matter
}

// processorTime is what the process and its children have used so far.
func (r *router) processorTime(ctx context.Context) (time.Duration, error) {
	top, err := process.NewProcessWithContext(ctx, int32(r.cmd.Process.Pid)) //nolint:gosec // a process ID fits
	if err != nil {
		return 0, fmt.Errorf("find %s: %w", r.name, err)
	}
	all := []*process.Process{top}
	children, err := top.ChildrenWithContext(ctx)
	if err != nil && !errors.Is(err, process.ErrorNoChildren) {
		return 0, fmt.Errorf("find the children of %s: %w", r.name, err)
	}
	var sum float64
	for _, p := range append(all, children...) {
		times, err := p.TimesWithContext(ctx)
		if err != nil {
			return 0, fmt.Errorf("read the times of %s: %w", r.name, err)
		}
		sum += times.User + times.System
	}
	return time.Duration(sum * float64(time.Second)), nil
}

// startRole starts this program again in one of its roles.
func startRole(ctx context.Context, role, backend string, env ...string) (*router, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), roleVariable+"="+role, backendVariable+"="+backend)
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	addr, err := bufio.NewReader(out).ReadString('\n') // it says where it listens
	if err != nil {
		return nil, fmt.Errorf("%s did not say where it listens: %w", role, err)
	}
	return &router{name: strings.Join(append([]string{role}, env...), " "), addr: strings.TrimSpace(addr), cmd: cmd}, nil
}

const nginxConfig = `
worker_processes %d;
daemon off;
pid %[2]s/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path %[2]s/body; proxy_temp_path %[2]s/proxy; fastcgi_temp_path %[2]s/fastcgi;
  uwsgi_temp_path %[2]s/uwsgi; scgi_temp_path %[2]s/scgi;
  keepalive_requests 100000000;
  upstream backend { server %[3]s; keepalive 256; keepalive_requests 100000000; }
  server {
    listen %[4]s;
    location / {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
    }
  }
}
`

func findNginx() (string, error) {
	for _, name := range []string{"nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("nginx is not there: apt-get install nginx-light, or brew install nginx")
}

func startNginx(ctx context.Context, binary, dir, backend string) (*router, error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(nginxConfig, runtime.NumCPU(), dir, backend, addr)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write nginx's configuration: %w", err)
	}
	return launch(ctx, "nginx", addr, exec.CommandContext(ctx, binary, "-e", "stderr", "-p", dir, "-c", config))
}

func startKamalProxy(ctx context.Context, binary, dir, backend string) (*router, error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(addr)
	env := append(os.Environ(), "XDG_RUNTIME_DIR="+dir, "XDG_STATE_HOME="+dir, "HOME="+dir)
	run := exec.CommandContext(ctx, binary, "run", "--http-port", port, "--https-port", "0")
	run.Env = env
	r, err := launch(ctx, "kamal-proxy", addr, run)
	if err != nil {
		return nil, err
	}
	deploy := exec.CommandContext(ctx, binary, "deploy", "bench", "--target", backend, "--health-check-path", "/api/1")
	deploy.Env = env
	if out, err := deploy.CombinedOutput(); err != nil {
		r.stop()
		return nil, fmt.Errorf("give kamal-proxy its target: %w: %s", err, out)
	}
	return r, nil
}

// freeAddress is one that nobody listens at now.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
