// noise, ramp and zeros: values without a file.

#include <charconv>
#include <cstring>

#include "sides/inputs/source.h"

namespace nputwin::inputs {
namespace {

constexpr std::string_view kNoise = "noise:";
constexpr std::uint64_t kMostSeeds = 1'000'000;

template <typename T>
void put(Tensor& tensor, std::size_t i, T value) {
  std::memcpy(&tensor.data[i * sizeof value], &value, sizeof value);
}

void put_byte(Tensor& tensor, std::size_t i, std::uint8_t b) {
  switch (tensor.spec.type) {
    case DType::kUInt8:
      return put(tensor, i, b);
    case DType::kInt8:
      return put(tensor, i, static_cast<std::int8_t>(b - 128));
    case DType::kFloat32:
      return put(tensor, i, (static_cast<float>(b) - 128.0F) / 128.0F);
    default:
      return;
  }
}

/// The top bytes of the splitmix64 sequence, int16 the top 16 bits.
Tensor noise(const TensorSpec& spec, std::uint64_t seed) {
  if (spec.type != DType::kInt16)
    return from_bytes(spec, [&](std::size_t i) { return static_cast<std::uint8_t>(splitmix64(seed, i) >> 56); });
  Tensor tensor = blank(spec);
  for (std::size_t i = 0; i < static_cast<std::size_t>(spec.elements()); ++i)
    put(tensor, i, static_cast<std::uint16_t>(splitmix64(seed, i) >> 48));
  return tensor;
}

struct Seeds {
  std::uint64_t first = 0, last = 0;
};

/// FIRST or FIRST..LAST.
Result<Seeds> parse_seeds(const std::string& text) {
  Seeds seeds;
  const char* const end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data() + kNoise.size(), end, seeds.first);
  seeds.last = seeds.first;
  if (failed == std::errc() && at != end && std::string_view(at, end).starts_with("..")) {
    const auto second = std::from_chars(at + 2, end, seeds.last);
    at = second.ptr;
    failed = second.ec;
  }
  if (failed == std::errc::result_out_of_range) return error("'{}': a seed is at most {}", text, UINT64_MAX);
  if (failed != std::errc() || at != end)
    return error("'{}': expected noise: and a number, or two as in noise:1..1000", text);
  if (seeds.last < seeds.first)
    return error("'{}': the first seed is above the last one; expected noise:FIRST..LAST", text);
  if (seeds.last - seeds.first >= kMostSeeds)
    return error("'{}': is a range of more than {} seeds; a run takes at most that many samples", text, kMostSeeds);
  return seeds;
}

}  // namespace

Tensor from_bytes(const TensorSpec& spec, const std::function<std::uint8_t(std::size_t)>& byte) {
  Tensor tensor = blank(spec);
  for (std::size_t i = 0; i < static_cast<std::size_t>(spec.elements()); ++i) put_byte(tensor, i, byte(i));
  return tensor;
}

Tensor ramp(const TensorSpec& spec) {
  return from_bytes(spec, [](std::size_t i) { return static_cast<std::uint8_t>(i % 256); });
}

bool recognises_noise(const Given& given) { return given.text.starts_with(kNoise); }

Result<Source> open_noise(const Given& given, const Notes& /*notes*/) {
  NPUTWIN_ASSIGN_OR_RETURN(const Seeds seeds, parse_seeds(given.text));
  return Source{given.text, true, [seeds](const TensorSpec& spec, std::size_t k) -> Result<InputSamples> {
                  return InputSamples{
                      static_cast<std::size_t>(seeds.last - seeds.first + 1),
                      [=](std::size_t n) -> Result<Tensor> { return noise(spec, seeds.first + n + k); }};
                }};
}

bool recognises_ramp(const Given& given) { return given.text == "ramp"; }
Result<Source> open_ramp(const Given& given, const Notes& /*notes*/) { return one_sample(given, true, ramp); }

bool recognises_zeros(const Given& given) { return given.text == "zeros"; }
Result<Source> open_zeros(const Given& given, const Notes& /*notes*/) { return one_sample(given, true, blank); }

}  // namespace nputwin::inputs
