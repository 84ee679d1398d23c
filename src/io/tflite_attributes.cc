#include "io/tflite_attributes.h"

#include <flatbuffers/reflection.h>

#include "schema/tflite_bfbs_generated.h"

namespace nputwin {
namespace {

const reflection::Schema& binary_schema() {
  return *reflection::GetSchema(schema::ModelBinarySchema::data());
}

/// The table that describes options of union type `type`, or null.
const reflection::Object* options_table(schema::BuiltinOptions type) {
  const reflection::Schema& schema = binary_schema();
  const auto* options = schema.enums()->LookupByKey("nputwin.schema.BuiltinOptions");
  const auto* value = options->values()->LookupByKey(static_cast<std::int64_t>(type));
  if (value == nullptr || value->union_type() == nullptr || value->union_type()->index() < 0) return nullptr;
  return schema.objects()->Get(static_cast<flatbuffers::uoffset_t>(value->union_type()->index()));
}

AttributeValue read_field(const flatbuffers::Table& table, const reflection::Field& field) {
  switch (field.type()->base_type()) {
    case reflection::Float:
      return static_cast<double>(flatbuffers::GetFieldF<float>(table, field));
    case reflection::Vector: {
      std::vector<std::int32_t> values;
      if (const auto* vector = flatbuffers::GetFieldV<std::int32_t>(table, field))
        values.assign(vector->begin(), vector->end());
      return values;
    }
    case reflection::String: {
      const auto* text = flatbuffers::GetFieldS(table, field);
      return text != nullptr ? text->str() : std::string();
    }
    default:
      return flatbuffers::GetAnyFieldI(table, field);
  }
}

}  // namespace

Attributes read_attributes(const schema::Operator& op) {
  Attributes attributes;
  const auto* options = static_cast<const flatbuffers::Table*>(op.builtin_options());
  const reflection::Object* object = options_table(op.builtin_options_type());
  if (options == nullptr || object == nullptr) return attributes;
  for (const auto* field : *object->fields()) {
    if (!field->deprecated()) attributes.set(field->name()->str(), read_field(*options, *field));
  }
  return attributes;
}

}  // namespace nputwin
