// Package template makes configurations from templates: text/template with
// functions that depend on nothing but their arguments.
//
// A template is a stranger's program, so it runs in a child process (Renderer,
// Work) that gets a clean environment, its input over stdin and no more time,
// memory and output than Limits says. Three nets hold it, the finer first:
//
//   - Before every action the child looks at its clock and its memory, and ends
//     with the action's line and column.
//   - The kernel's limits end a child that asks for too much in one action;
//     which one it was stands in a page that both processes share.
//   - The parent kills what does not end, and names the action from that page.
//
// Sensitive values never reach the child. It gets marks in their place and
// renders twice, with other marks each time. What differs after the marks are
// taken out was computed from a secret, and is refused; a mark outside of a
// sensitive variable's value is refused too.
//
// What a template makes (Make) is compared in three ways (Merge) when a newer
// version takes over: what it made, what people made of that, what the new
// version makes.
package template
