#include "io/tflite/metadata.h"

#include <algorithm>
#include <cstring>

#include "schema/metadata_generated.h"

namespace nputwin {
namespace {

namespace described = schema::metadata;

/// The verified root of the buffer that holds the metadata; null where there is none.
const described::ModelMetadata* root_of(const schema::Model& file) {
  if (file.metadata() == nullptr || file.buffers() == nullptr) return nullptr;
  for (const schema::Metadata* entry : *file.metadata()) {
    if (entry->name() == nullptr || entry->name()->string_view() != "TFLITE_METADATA") continue;
    if (entry->buffer() >= file.buffers()->size()) return nullptr;
    const auto* data = file.buffers()->Get(entry->buffer())->data();
    constexpr std::string_view kIdentifier = "M001";
    if (data == nullptr || data->size() < 8 || std::memcmp(data->data() + 4, kIdentifier.data(), 4) != 0)
      return nullptr;
    flatbuffers::Verifier verifier(data->data(), data->size());
    if (!verifier.VerifyBuffer<described::ModelMetadata>(nullptr)) return nullptr;
    return described::GetModelMetadata(data->data());
  }
  return nullptr;
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
  const described::ModelMetadata* root = root_of(file);
  if (root == nullptr || root->subgraph_metadata() == nullptr || root->subgraph_metadata()->size() == 0) return outputs;
  const auto* tensors = root->subgraph_metadata()->Get(0)->output_tensor_metadata();
  if (tensors == nullptr || tensors->size() != main.outputs.size()) return outputs;
  for (std::uint32_t k = 0; k < tensors->size(); ++k) outputs[main.outputs[k]] = read(*tensors->Get(k));
  return outputs;
}

}  // namespace nputwin
