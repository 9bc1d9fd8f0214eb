// Package policy is the one gate for every change. Decide answers whether
// somebody may do something, with its reasons in words; it is a pure function
// of the question, so that the same answer can be printed (a dry run), given
// (a request) and asked again later (when a worker claims the operation).
//
// A question carries facts; it is the asker's work to read them in the
// transaction that acts on the answer. A fact that is missing (nil) is a
// fact: an environment that does not exist refuses.
//
// Rules are small functions listed by action in rules.go. All of an action's
// rules are asked, so a refusal names everything that stands in the way.
//
// Permit (permission.go) comes before: whether a role may ask at all, which
// depends on nothing but the role.
package policy
