#include "io/tflite/pack.h"

#include <algorithm>

#include "io/tflite/archive.h"
#include "io/tflite/schema.h"

namespace nputwin {
std::optional<schema::BuiltinOperator> operator_named(std::string_view name) {
  for (const auto op : schema::EnumValuesBuiltinOperator()) {
    if (name == schema::EnumNameBuiltinOperator(op)) return op;
  }
  return std::nullopt;
}

std::int8_t old_operator_code(schema::BuiltinOperator op) {
  return static_cast<std::int8_t>(
      std::min<int>(static_cast<int>(op), static_cast<int>(schema::BuiltinOperator::PLACEHOLDER_FOR_GREATER_OP_CODES)));
}

bool is_known_whole(Bytes file) {
  const schema::Model& model = *schema::GetModel(file.data());
  for (std::uint32_t i = 0; model.buffers() != nullptr && i < model.buffers()->size(); ++i) {
    if (model.buffers()->Get(i)->offset() > 1) return false;
  }
  for (std::uint32_t g = 0; model.subgraphs() != nullptr && g < model.subgraphs()->size(); ++g) {
    const auto* operators = model.subgraphs()->Get(g)->operators();
    for (std::uint32_t i = 0; operators != nullptr && i < operators->size(); ++i) {
      if (operators->Get(i)->large_custom_options_offset() > 1) return false;
    }
  }
  return schema_knows(table_of(&model), "Model") && (!ends_in_archive(file) || archive_behind(file));
}

std::vector<std::byte> pack(const schema::ModelT& model) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<schema::Buffer>> buffers;
  buffers.reserve(model.buffers.size());
  for (const auto& buffer : model.buffers)
    buffers.push_back(write_buffer(builder, std::as_bytes(std::span(buffer->data))));
  std::vector<flatbuffers::Offset<schema::OperatorCode>> codes;
  codes.reserve(model.operator_codes.size());
  for (const auto& code : model.operator_codes) codes.push_back(schema::CreateOperatorCode(builder, code.get()));
  std::vector<flatbuffers::Offset<schema::SubGraph>> graphs;
  graphs.reserve(model.subgraphs.size());
  for (const auto& g : model.subgraphs) graphs.push_back(schema::CreateSubGraph(builder, g.get()));
  std::vector<flatbuffers::Offset<schema::Metadata>> metadata;
  metadata.reserve(model.metadata.size());
  for (const auto& m : model.metadata) metadata.push_back(schema::CreateMetadata(builder, m.get()));
  std::vector<flatbuffers::Offset<schema::SignatureDef>> signatures;
  signatures.reserve(model.signature_defs.size());
  for (const auto& s : model.signature_defs) signatures.push_back(schema::CreateSignatureDef(builder, s.get()));
  // No list where the file has none: readers tell the two apart.
  const auto vector_of = [&](const auto& list) { return list.empty() ? 0 : builder.CreateVector(list); };
  const auto code_list = builder.CreateVector(codes);
  const auto graph_list = builder.CreateVector(graphs);
  const auto description = builder.CreateString(model.description);
  const auto buffer_list = builder.CreateVector(buffers);
  const auto old_metadata_list = vector_of(model.metadata_buffer);
  const auto metadata_list = vector_of(metadata);
  const auto signature_list = vector_of(signatures);
  schema::FinishModelBuffer(builder,
                            schema::CreateModel(builder, model.version, code_list, graph_list, description, buffer_list,
                                                old_metadata_list, metadata_list, signature_list));
  const auto* bytes = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  return {bytes, bytes + builder.GetSize()};
}

}  // namespace nputwin
