//go:build !linux

package agent

func awaitExit(pid int, born string, give <-chan struct{}) { pollExit(pid, born, give) }
