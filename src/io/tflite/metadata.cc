#include "io/tflite/metadata.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "schema/metadata_generated.h"

namespace nputwin {
namespace {

namespace described = schema::metadata;

/// A copy of the buffer that holds the metadata, for in the file it may lie at any address; empty where there is none.
std::vector<std::uint8_t> buffer_of(const schema::Model& file) {
  if (file.metadata() == nullptr || file.buffers() == nullptr) return {};
  for (const schema::Metadata* entry : *file.metadata()) {
    if (entry->name() == nullptr || entry->name()->string_view() != "TFLITE_METADATA") continue;
    if (entry->buffer() >= file.buffers()->size()) return {};
    const auto* data = file.buffers()->Get(entry->buffer())->data();
    if (data == nullptr) return {};
    return {data->data(), data->data() + data->size()};
  }
  return {};
}

/// The root of a buffer; null where it is damaged.
const described::ModelMetadata* root_of(const std::vector<std::uint8_t>& buffer) {
  constexpr std::string_view kIdentifier = "M001";
  if (buffer.size() < 8 || std::memcmp(buffer.data() + 4, kIdentifier.data(), kIdentifier.size()) != 0) return nullptr;
  flatbuffers::Verifier verifier(buffer.data(), buffer.size());
  if (!verifier.VerifyBuffer<described::ModelMetadata>(nullptr)) return nullptr;
  return described::GetModelMetadata(buffer.data());
}

OutputMetadata read(const described::TensorMetadata& from) {
  OutputMetadata metadata;
  metadata.boxes = from.content() != nullptr &&
                   from.content()->content_properties_type() == described::ContentProperties::BoundingBoxProperties;
  if (from.associated_files() != nullptr)
    metadata.axis_labels = std::ranges::any_of(*from.associated_files(), [](const described::AssociatedFile* file) {
      return file->type() == described::AssociatedFileType::TENSOR_AXIS_LABELS;
    });
  return metadata;
}

}  // namespace

std::map<int, OutputMetadata> read_output_metadata(const schema::Model& file, const Graph& main) {
  std::map<int, OutputMetadata> outputs;
  const std::vector<std::uint8_t> buffer = buffer_of(file);
  const described::ModelMetadata* root = root_of(buffer);
  if (root == nullptr || root->subgraph_metadata() == nullptr || root->subgraph_metadata()->size() == 0) return outputs;
  const auto* tensors = root->subgraph_metadata()->Get(0)->output_tensor_metadata();
  if (tensors == nullptr || tensors->size() != main.outputs.size()) return outputs;
  for (std::uint32_t k = 0; k < tensors->size(); ++k) outputs[main.outputs[k]] = read(*tensors->Get(k));
  return outputs;
}

}  // namespace nputwin
