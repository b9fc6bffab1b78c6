#include "signaling/sealing/sealed_envelope.hpp"

#include <algorithm>

#include "hal/base/text.hpp"
#include "signaling/json.hpp"
#include "signaling/messages.hpp"

namespace perch::signaling {
namespace {

/// Members as written.
struct Members {
  std::optional<std::string_view> version, nonce, sealed;

  /// Of two with one name and kind the first counts.
  void keep(std::string_view name, std::string_view value, bool is_text) {
    std::optional<std::string_view>* place = nullptr;
    if (name == "v" && !is_text) place = &version;
    if (name == "n" && is_text) place = &nonce;
    if (name == "c" && is_text) place = &sealed;
    if (place != nullptr && !*place) *place = value;
  }
};

/// Reads an object of strings without escapes and whole numbers, without a copy.
class FlatReader {
 public:
  explicit FlatReader(std::string_view text) : rest_(text) {}

  std::optional<Members> object() {
    Members members;
    if (!take('{')) return std::nullopt;
    do {
      const auto name = text();
      if (!name || !take(':')) return std::nullopt;
      const bool is_text = peek() == '"';
      const auto value = is_text ? text() : number();
      if (!value) return std::nullopt;
      members.keep(*name, *value, is_text);
    } while (take(','));
    if (!take('}')) return std::nullopt;
    (void)peek();
    if (!rest_.empty()) return std::nullopt;
    return members;
  }

 private:
  /// The next letter that is not blank; NUL: there is none.
  char peek() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view cut(std::size_t size) {
    const std::string_view part = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return part;
  }
  std::optional<std::string_view> text() {
    if (!take('"')) return std::nullopt;
    const std::size_t size = rest_.find('"');
    if (size == std::string_view::npos) return std::nullopt;
    const std::string_view value = cut(size);
    rest_.remove_prefix(1);
    if (value.find('\\') != std::string_view::npos) return std::nullopt;
    return value;
  }
  std::optional<std::string_view> number() {
    (void)peek();
    const std::string_view digits = cut(std::min(rest_.find_first_not_of("0123456789"), rest_.size()));
    if (digits.empty()) return std::nullopt;
    return digits;
  }

  std::string_view rest_;
};

std::optional<SealedEnvelope> decode(std::optional<std::string_view> nonce_text,
                                     std::optional<std::string_view> sealed_text) {
  if (!nonce_text || !sealed_text) return std::nullopt;
  SealedEnvelope envelope;
  const auto nonce = base64url_decode(*nonce_text);
  if (!nonce || nonce->size() != envelope.nonce.size()) return std::nullopt;
  auto sealed = base64url_decode(*sealed_text);
  if (!sealed) return std::nullopt;
  std::copy(nonce->begin(), nonce->end(), envelope.nonce.begin());
  envelope.sealed = std::move(*sealed);
  return envelope;
}

std::optional<SealedEnvelope> parse_any_json(std::string_view payload) {
  const auto document = JsonDocument::parse(payload);
  if (!document) return std::nullopt;
  const auto text = [&](const char* name) {
    const auto value = document->root().member(name);
    return value ? value->as_text() : std::nullopt;
  };
  const auto version = document->root().member("v");
  if (!version || version->as_unsigned(kProtocolVersion) != kProtocolVersion) return std::nullopt;
  return decode(text("n"), text("c"));
}

}  // namespace

std::optional<SealedEnvelope> parse_sealed_envelope(std::string_view payload) {
  static_assert(kProtocolVersion == 1);
  const auto flat = FlatReader(payload).object();
  if (flat && flat->version == "1") return decode(flat->nonce, flat->sealed);
  return payload.size() <= kMaxNestedEnvelope ? parse_any_json(payload) : std::nullopt;
}

}  // namespace perch::signaling
