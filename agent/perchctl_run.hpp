// What perchctl does, from its words to its exit code.
#pragma once

#include <string>
#include <vector>

namespace perch::agent {

/// `words` follow the program's name. Prints to stdout, complaints and remarks to stderr. Exit code: 0, 1 for what went
/// wrong, 2 for wrong words.
[[nodiscard]] int run_perchctl(const std::vector<std::string>& words);

}  // namespace perch::agent
