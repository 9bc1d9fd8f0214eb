// Package unit writes the agent down as a service of the machine's init
// system: a unit of systemd, or an agent or daemon of launchd.
package unit

import (
	"net"
	"path/filepath"
	"strconv"
	"strings"
)

// Name is that of the service, without what the init system adds to it.
const Name = "lockstep-agent"

// Label is the name under launchd, whose names are domains turned round.
const Label = "dev.lockstep.agent"

// Subgroup is the cgroup of the agent itself, below that of its unit, which
// then has room for those of the apps: see package agent.
const Subgroup = "lockstep-agent"

// Unit is an agent to be kept running.
type Unit struct {
	Program string   // absolute path of this program
	Data    string   // data directory, absolute
	Edge    []string // the arguments that say where the edge listens
	Own     bool     // of one user's own, rather than the machine's
	User    string   // whom the machine's runs as; "": root
	Systemd int      // its version; 0: not known, and taken for a new one
}

// delegates is the first systemd that starts a service again while processes
// of its cgroups live: the first with DelegateSubgroup.
const delegates = 254

// Delegates says whether limits are enforced by cgroups of version 2 under
// this unit.
func (u Unit) Delegates() bool { return u.Systemd == 0 || u.Systemd >= delegates }

func (u Unit) command() []string {
	return append([]string{u.Program, "agent", "--data", u.Data}, u.Edge...)
}

// privileged says whether one of the edge's ports is root's to open.
func (u Unit) privileged() bool {
	for _, arg := range u.Edge {
		if _, port, err := net.SplitHostPort(arg); err == nil {
			if n, err := strconv.Atoi(port); err == nil && n > 0 && n < 1024 {
				return true
			}
		}
	}
	return false
}

// Caveat is what a person should know of ports that this unit cannot open; ""
// where there are none.
func (u Unit) Caveat() string {
	if u.Own && u.privileged() {
		return "a port below 1024 is not open to a unit of one user: install it as root, or lower net.ipv4.ip_unprivileged_port_start"
	}
	return ""
}

// Path is where the init system looks for the unit: below home where it is
// one user's own.
func (u Unit) Path(system, home string) string {
	switch {
	case system == "darwin" && u.Own:
		return filepath.Join(home, "Library/LaunchAgents", Label+".plist")
	case system == "darwin":
		return "/Library/LaunchDaemons/" + Label + ".plist"
	case u.Own:
		return filepath.Join(home, ".config/systemd/user", Name+".service")
	}
	return "/etc/systemd/system/" + Name + ".service"
}

// Text is the file at Path.
func (u Unit) Text(system string) string {
	if system == "darwin" {
		return u.launchd()
	}
	return u.systemd()
}

// systemd writes a unit. What it does not say matters as much: whatever is
// withheld from the agent is withheld from the apps, which are its children.
func (u Unit) systemd() string {
	var b strings.Builder
	say := func(lines ...string) {
		for _, l := range lines {
			b.WriteString(l + "\n")
		}
	}
	say("# Written by lockstep agent install.",
		"[Unit]", "Description=Lockstep agent: supervises apps and routes their requests",
		"After=network.target", "# An agent that cannot start is tried for ever: users wait for it.", "StartLimitIntervalSec=0",
		"", "[Service]")
	if u.User != "" {
		say("User=" + u.User)
	}
	var words []string
	for _, w := range u.command() {
		words = append(words, quoteSystemd(w))
	}
	say("ExecStart="+strings.Join(words, " "),
		"# A new version of the program takes over without refusing a request.",
		"ExecReload=/bin/kill -HUP $MAINPID", "NotifyAccess=all",
		"Restart=always", "RestartSec=1",
		"# The apps are the agent's children and outlive it.", "KillMode=process",
		"# An app that is killed for its memory does not take the agent with it.", "OOMPolicy=continue",
		"TasksMax=infinity")
	if u.Delegates() {
		say("# Limits of the apps: the agent makes cgroups below its own.", "Delegate=cpu memory", "DelegateSubgroup="+Subgroup)
	}
	if !u.Own && u.User != "" && u.privileged() {
		say("# For a port of the edge below 1024.", "AmbientCapabilities=CAP_NET_BIND_SERVICE")
	}
	if !u.Own && u.User == "" {
		say("# Nothing that an app could miss; more would be theirs to lose.",
			"ProtectKernelModules=yes", "ProtectKernelLogs=yes", "ProtectHostname=yes", "LockPersonality=yes")
	}
	target := "multi-user.target"
	if u.Own {
		target = "default.target"
	}
	say("", "[Install]", "WantedBy="+target)
	return b.String()
}

// quoteSystemd quotes a word of a command line.
func quoteSystemd(s string) string {
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$", "\n", `\n`).Replace(s)
	if escaped == s && !strings.ContainsAny(s, " \t';") && s != "" {
		return s
	}
	return `"` + escaped + `"`
}

func (u Unit) launchd() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by lockstep agent install. -->
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + Label + `</string>
`)
	if !u.Own && u.User != "" {
		b.WriteString("\t<key>UserName</key>\n\t<string>" + quoteXML(u.User) + "</string>\n")
	}
	b.WriteString("\t<key>ProgramArguments</key>\n\t<array>\n")
	for _, w := range u.command() {
		b.WriteString("\t\t<string>" + quoteXML(w) + "</string>\n")
	}
	log := quoteXML(filepath.Join(u.Data, "agent", "agent.log"))
	b.WriteString(`	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<true/>
	<key>ThrottleInterval</key>
	<integer>1</integer>
	<!-- The apps are the agent's children and outlive it. -->
	<key>AbandonProcessGroup</key>
	<true/>
	<key>EnvironmentVariables</key>
	<dict>
		<key>PATH</key>
		<string>/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin</string>
	</dict>
	<key>StandardOutPath</key>
	<string>` + log + `</string>
	<key>StandardErrorPath</key>
	<string>` + log + `</string>
</dict>
</plist>
`)
	return b.String()
}

func quoteXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
