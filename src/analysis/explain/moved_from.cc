#include "analysis/explain/moved_from.h"

#include <vector>

#include "base/file.h"

namespace nputwin {
namespace {

/// Fills a tensor with one byte of each element's number, or its complement.
void number_elements(Blob& blob, std::size_t element_bytes, int byte, bool complement) {
  const auto bytes = blob.mutable_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto value = static_cast<std::uint8_t>(i / element_bytes >> (8 * byte));
    bytes[i] = std::byte{static_cast<std::uint8_t>(complement ? ~value : value)};
  }
}

}  // namespace

std::optional<MovedFrom> moved_from(NodeRunner& runner, std::span<const TensorView> inputs, std::size_t k,
                                    std::int64_t element) {
  constexpr int kBytes = 4;  // of an element's number
  const DType output = runner.output(k).type;
  for (std::size_t input = 0; input < inputs.size(); ++input) {
    if (inputs[input].spec == nullptr || inputs[input].spec->type != output) continue;
    const std::size_t size = size_of(inputs[input].spec->type);
    std::vector<TensorView> numbered(inputs.begin(), inputs.end());
    Blob blob(inputs[input].bytes.size());
    numbered[input].bytes = blob.bytes();
    std::uint32_t number = 0;
    bool follows = true;  // the output's element is the complement where the input's is
    for (int byte = 0; byte < kBytes && follows; ++byte) {
      std::uint8_t seen[2] = {};
      for (const bool complement : {false, true}) {
        number_elements(blob, size, byte, complement);
        const auto outputs = runner.run(numbered);
        if (!outputs) return std::nullopt;
        seen[complement ? 1 : 0] =
            static_cast<std::uint8_t>((*outputs)[k].bytes[static_cast<std::size_t>(element) * size]);
      }
      follows = (seen[0] ^ seen[1]) == 0xFF;
      number |= std::uint32_t{seen[0]} << (8 * byte);
    }
    if (follows && std::int64_t{number} < inputs[input].spec->elements()) return MovedFrom{input, std::int64_t{number}};
  }
  return std::nullopt;
}

}  // namespace nputwin
