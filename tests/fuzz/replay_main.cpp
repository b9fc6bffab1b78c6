// Runs every file of the corpus folders given through the fuzz target linked in: what was found once stays found.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void run_one(const std::string& name, const std::vector<std::uint8_t>& input) {
  // Named before it runs: when it crashes, this line says which one.
  std::printf("%s (%zu bytes)\n", name.c_str(), input.size());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

/// What toolchain/fuzz found, many inputs in one file: each behind its length [4 bytes, big endian].
std::size_t run_pack(const std::string& name, const std::vector<std::uint8_t>& bytes) {
  std::size_t count = 0;
  for (std::size_t at = 0; at + 4 <= bytes.size(); ++count) {
    const std::size_t size = std::size_t{bytes[at]} << 24 | std::size_t{bytes[at + 1]} << 16 |
                             std::size_t{bytes[at + 2]} << 8 | bytes[at + 3];
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at + 4);
    at += 4 + size;
    if (at > bytes.size()) return 0;  // damaged
    run_one(name + '[' + std::to_string(count) + ']', {begin, begin + static_cast<std::ptrdiff_t>(size)});
  }
  return count;
}

std::size_t run(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  if (path.extension() == ".pack") return run_pack(path.filename(), bytes);
  run_one(path.filename(), bytes);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const fs::path& path : files_below(argv[i])) {
      const std::size_t ran = run(path);
      if (ran == 0) return 1;
      count += ran;
    }
  }
  std::printf("%zu inputs replayed\n", count);
  return count == 0 ? 1 : 0;  // an empty or missing corpus proves nothing
}
