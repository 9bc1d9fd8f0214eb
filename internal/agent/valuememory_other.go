//go:build !linux

package agent

func memoryDirs() (dirs []string, why string) {
	return nil, "this system has no file system in memory"
}
