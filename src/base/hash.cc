#include "base/hash.h"

// SHA256() of OpenSSL 3 makes ready what the whole process shares (providers, configuration files, work at exit), which
// a plug-in must leave alone. These functions only hash.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>
#include <cstring>

namespace nputwin {

std::string sha256_hex(Bytes bytes) {
  SHA256_CTX context;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

std::uint64_t quick_hash(Bytes bytes) {
  // FNV-1a over words of eight little-endian bytes, with the high half folded in, which no product moves down.
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t hash = 0xcbf29ce484222325 ^ bytes.size();
  const auto add = [&](std::uint64_t word) {
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 32;
  };
  for (; bytes.size() >= sizeof(std::uint64_t); bytes = bytes.subspan(sizeof(std::uint64_t))) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    add(word);
  }
  for (const std::byte b : bytes) add(static_cast<std::uint64_t>(b));
  return hash;
}

}  // namespace nputwin
