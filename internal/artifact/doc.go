// Package artifact is the one archive format in which what a service runs
// travels: a tar under gzip, packed so that the same tree always has the same
// bytes and so the same digest.
//
// An archive holds directories, regular files and symbolic links that stay
// inside the tree. Everything else (absolute paths, "..", links that lead out,
// hard links, devices, setuid, setgid and sticky bits) is refused by name,
// both when an upload is inspected and when it is unpacked.
package artifact
