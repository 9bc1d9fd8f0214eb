package artifact

import (
	"archive/tar"
	"io/fs"
	"path"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Limits bound what an archive may unpack to. The zero value means the defaults.
type Limits struct {
	Bytes   int64 // of all files together; default 4 GiB
	Entries int   // default 200,000
}

// The defaults of Limits.
const (
	DefaultBytes   int64 = 4 << 30
	DefaultEntries       = 200_000
	maxName              = 4096
)

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = DefaultBytes
	}
	if l.Entries == 0 {
		l.Entries = DefaultEntries
	}
	return l
}

// checkEntry says whether a header may stand in an archive, and its clean name.
func checkEntry(h *tar.Header) (string, error) {
	name := strings.TrimSuffix(h.Name, "/")
	switch {
	case name == "" || name == ".":
		if h.Typeflag == tar.TypeDir {
			return ".", nil
		}
		return "", refuse(h.Name, "has no name")
	case len(name) > maxName:
		return "", refuse(name[:64]+"…", "has a name longer than 4096 bytes")
	case strings.ContainsRune(name, 0):
		return "", refuse(h.Name, "has a NUL in its name")
	case path.IsAbs(name) || strings.Contains(name, `\`):
		return "", refuse(h.Name, "is not a relative path with forward slashes")
	}
	clean := path.Clean(name)
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return "", refuse(h.Name, "climbs out of its tree")
	}
	if h.FileInfo().Mode()&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0 {
		return "", refuse(h.Name, "has a setuid, setgid or sticky bit")
	}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeDir:
		return clean, nil
	case tar.TypeSymlink:
		if path.IsAbs(h.Linkname) {
			return "", refuse(h.Name, "is a link to an absolute path")
		}
		target := path.Join(path.Dir(clean), h.Linkname)
		if target == ".." || strings.HasPrefix(target, "../") {
			return "", refuse(h.Name, "is a link that leaves its tree")
		}
		return clean, nil
	case tar.TypeLink:
		return "", refuse(h.Name, "is a hard link")
	default:
		return "", refuse(h.Name, "is not a file, a directory or a symbolic link")
	}
}

func refuse(name, why string) error {
	return lockstep.Errorf(lockstep.CodeInvalid, "archive refused: entry %q %s", name, why)
}
