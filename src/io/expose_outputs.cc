#include "io/expose_outputs.h"

#include <flatbuffers/flatbuffers.h>

#include <cstring>

#include "schema/tflite_generated.h"

namespace nputwin {
namespace {

// As the schema's whole table numbers its fields; schema/tflite.fbs leaves the last one out.
constexpr flatbuffers::voffset_t kSignatureDefs = 4 + 2 * 7;

/// Appends a vector and points the field at it. Offsets in a flatbuffer lead forward, so the end is a place for it.
void replace_vector(std::vector<std::byte>& file, std::size_t field, std::span<const std::int32_t> values) {
  file.resize((file.size() + 3) / 4 * 4);
  const std::size_t at = file.size();
  const auto count = static_cast<std::uint32_t>(values.size());
  file.resize(at + sizeof count + values.size_bytes());
  std::memcpy(file.data() + at, &count, sizeof count);
  if (!values.empty()) std::memcpy(file.data() + at + sizeof count, values.data(), values.size_bytes());
  const auto offset = static_cast<std::uint32_t>(at - field);
  std::memcpy(file.data() + field, &offset, sizeof offset);
}

}  // namespace

Result<std::vector<std::byte>> expose_outputs(Bytes file, std::span<const std::int32_t> outputs) {
  static_assert(std::endian::native == std::endian::little, "flatbuffers are little-endian");
  constexpr std::size_t kMost =
      std::size_t{2'000'000'000};  // offsets have 32 bits, and runtimes read them as signed
  if (file.size() > kMost) return error("{} bytes are too many for a changed copy", file.size());
  const auto* begin = reinterpret_cast<const std::uint8_t*>(file.data());
  const auto* model = flatbuffers::GetRoot<flatbuffers::Table>(begin);
  const auto* graph =
      reinterpret_cast<const flatbuffers::Table*>(schema::GetModel(begin)->subgraphs()->Get(0));
  const std::uint8_t* outputs_field = graph->GetAddressOf(schema::SubGraph::VT_OUTPUTS);
  const std::uint8_t* signatures_field = model->GetAddressOf(kSignatureDefs);
  if (outputs_field == nullptr) return error("the main graph has no list of outputs");
  std::vector<std::byte> copy(file.begin(), file.end());
  replace_vector(copy, static_cast<std::size_t>(outputs_field - begin), outputs);
  if (signatures_field != nullptr)
    replace_vector(copy, static_cast<std::size_t>(signatures_field - begin), {});
  return copy;
}

}  // namespace nputwin
