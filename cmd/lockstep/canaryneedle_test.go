package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A token is a word of letters and digits that a value is made of: what
// escapes quotes, spaces and line breaks leaves it as it is, and each part of
// a value that is cut short has one.

// disguises are the ways in which a value may be written.
func disguises() map[string]func(string) string {
	asJSON := func(s string) string {
		b, _ := json.Marshal(s) // a string
		return string(b)
	}
	return map[string]func(string) string{
		"plain":      func(s string) string { return s },
		"JSON":       asJSON,
		"JSON twice": func(s string) string { return asJSON(asJSON(s)) },
		"quoted":     strconv.Quote,
		"query":      url.QueryEscape,
		"path":       url.PathEscape,
		"hex":        func(s string) string { return hex.EncodeToString([]byte(s)) },
		"HEX":        func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		"base64":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64url":  func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"a list":     func(s string) string { return fmt.Sprint([]byte(s)) },
	}
}

// sought looks for a token, written in any of these ways.
func sought(token string) func([]byte) (how string, found bool) {
	needles := map[string]string{
		"plain": token, "hex": hex.EncodeToString([]byte(token)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(token))),
		"a list": strings.Trim(fmt.Sprint([]byte(token)), "[]"),
	}
	for shift := range 3 {
		// Whole groups of three bytes become the same four letters, whatever
		// stands around them.
		inner := token[(3-shift)%3:]
		inner = inner[:len(inner)/3*3]
		needles["base64/"+strconv.Itoa(shift)] = base64.StdEncoding.EncodeToString([]byte(inner))
		needles["base64url/"+strconv.Itoa(shift)] = base64.URLEncoding.EncodeToString([]byte(inner))
	}
	return func(text []byte) (string, bool) {
		for how, needle := range needles {
			if bytes.Contains(text, []byte(needle)) {
				return how, true
			}
		}
		return "", false
	}
}

// searched looks for tokens in every file below a directory, except below
// some.
func searched(t *testing.T, dir string, tokens, except []string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path) // below dir
		switch {
		case os.IsNotExist(err) || err == nil && slices.Contains(except, rel):
			if err == nil && entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case err != nil:
			return err
		case !entry.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil
		}
		for _, token := range tokens {
			if how, is := sought(token)(text); is {
				found = append(found, rel+" ("+how+")")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
