// Package schedule says when a rule fires: cron's five fields, read in a time
// zone. It is pure; the clock is an argument.
//
// A rule is about the clock on the wall. Where that clock jumps:
//
//   - Forward (a gap): what it leaves out fires once, at the first moment after
//     it. "30 2 * * *" fires at 03:00 on the night on which 02:30 is no time.
//   - Back (an overlap): a time that comes twice fires the first time only.
//     A rule whose hour is * is meant to go by elapsed time: it fires in both.
//
// All of that is in one function, Rule.Next. The library only reads the fields
// and walks the calendar, in UTC, where no clock jumps.
package schedule
