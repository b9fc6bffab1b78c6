// See qr_code.hpp. The one file that knows libqrencode.
#include "agent/qr_code.hpp"

#if PERCH_HAVE_QRENCODE

#include <qrencode.h>

#include <memory>

namespace perch::agent {
namespace {

constexpr int kQuietZone =
    2;  // [modules] ISO/IEC 18004 asks for 4; readers make do with 2, and small terminals are small

struct CodeDeleter {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

bool is_dark(const QRcode& code, int x, int y) {
  if (x < 0 || y < 0 || x >= code.width || y >= code.width) return false;
  return (code.data[y * code.width + x] & 1) != 0;
}

/// Two modules above one another in one character.
const char* half_blocks(bool upper, bool lower) {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}

}  // namespace

Result<std::string> qr_code(std::string_view text) {
  const std::string copy(text);
  constexpr int kAnyVersion = 0, kCaseSensitive = 1;
  const std::unique_ptr<QRcode, CodeDeleter> code(
      QRcode_encodeString(copy.c_str(), kAnyVersion, QR_ECLEVEL_L, QR_MODE_8, kCaseSensitive));
  if (!code) return fail_errno("cannot make a QR code of this");
  std::string out;
  for (int y = -kQuietZone; y < code->width + kQuietZone; y += 2) {
    out += "\033[38;5;16;48;5;231m";  // black on white of the fixed palette, which themes leave alone
    for (int x = -kQuietZone; x < code->width + kQuietZone; ++x)
      out += half_blocks(is_dark(*code, x, y), is_dark(*code, x, y + 1));
    out += "\033[0m\n";
  }
  return out;
}

}  // namespace perch::agent

#else

namespace perch::agent {

Result<std::string> qr_code(std::string_view) {
  return fail(Errc::kUnsupported, "this perchctl was built without libqrencode");
}

}  // namespace perch::agent

#endif
