# Fills what the programs say of themselves into a man page: awk -f fill.awk WORDS TEMPLATE
# WORDS is the output of `perchctl keys` (a Markdown table) or of a program's --help; it replaces the template's line @WORDS@.

function roff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/"/, "\\(dq", text)
  return text ~ /^[.']/ ? "\\&" text : text
}

function say(line) { words = words line "\n" }

# | `[section] name` | `default` | meaning |
function key_row(line,    part, name, section, meaning) {
  split(line, part, "`")
  section = part[2]
  sub(/\].*/, "]", section)
  name = part[2]
  sub(/^[^ ]* /, "", name)
  meaning = substr(line, length(part[1] part[2] part[3] part[4]) + length("`` `` | ") )
  sub(/^[` |]+/, "", meaning)
  sub(/ \|$/, "", meaning)
  if (section != last_section) say(".SS " roff(section))
  last_section = section
  say(".TP\n.BR " roff(name) " \" = " roff(part[4]) "\"")
  say(roff(meaning))
}

# "  program word [--option]   what it does"; the rest of a long sentence stands in lines of its own, deeper.
function help_row(line,    at) {
  sub(/^  /, "", line)
  at = match(line, /   */)
  say(".TP\n.B " roff(at ? substr(line, 1, at - 1) : line))
  if (at) say(roff(substr(line, at + RLENGTH)))
}

FNR == 1 { file++ }
file == 1 && /^\| `\[/ { key_row($0); next }
file == 1 && /^  (perchd|perchctl|-)/ { help_row($0); next }
file == 1 && /^    +[^ ]/ { sub(/^ +/, ""); say(roff($0)); next }
file == 1 { next }
/^@WORDS@$/ { printf "%s", words; next }
{
  gsub(/@VERSION@/, version)
  print
}
