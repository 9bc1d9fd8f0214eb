//go:build !linux

package main

// Mounting for a test is Linux's alone.
func diskCommands() map[string]scriptCommand { return nil }
