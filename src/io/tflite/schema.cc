#include "io/tflite/schema.h"

#include <flatbuffers/reflection.h>

#include "schema/tflite_bfbs_generated.h"

namespace nputwin {
namespace {

const reflection::Schema& binary_schema() { return *reflection::GetSchema(schema::ModelBinarySchema::data()); }

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

bool knows(const flatbuffers::Table& table, const reflection::Object& object);

/// The table that a field's index in the schema names.
const reflection::Object& object_of(const reflection::Field& field) {
  return *binary_schema().objects()->Get(static_cast<flatbuffers::uoffset_t>(field.type()->index()));
}

/// The same for one field, which is present.
bool knows(const flatbuffers::Table& table, const reflection::Field& field) {
  switch (field.type()->base_type()) {
    case reflection::Obj:
      return knows(*flatbuffers::GetFieldT(table, field), object_of(field));
    case reflection::Union: {
      const auto type = table.GetField<std::uint8_t>(
          static_cast<flatbuffers::voffset_t>(field.offset() - sizeof(flatbuffers::voffset_t)), 0);
      const reflection::Object* options = options_table(static_cast<schema::BuiltinOptions>(type));
      return options != nullptr && knows(*flatbuffers::GetFieldT(table, field), *options);
    }
    case reflection::Vector: {
      if (field.type()->element() != reflection::Obj) return true;
      const auto* tables =
          table.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::Table>>*>(field.offset());
      for (flatbuffers::uoffset_t i = 0; i < tables->size(); ++i) {
        if (!knows(*tables->Get(i), object_of(field))) return false;
      }
      return true;
    }
    default:
      return true;
  }
}

bool knows(const flatbuffers::Table& table, const reflection::Object& object) {
  const std::uint8_t* slots = table.GetVTable();
  const auto end = flatbuffers::ReadScalar<flatbuffers::voffset_t>(slots);
  std::size_t present = 0, known = 0;
  for (flatbuffers::voffset_t at = 4; at < end; at += 2)
    present += flatbuffers::ReadScalar<flatbuffers::voffset_t>(slots + at) != 0;
  for (const auto* field : *object.fields()) {
    if (!table.CheckField(field->offset())) continue;
    if (field->deprecated() || !knows(table, *field)) return false;
    ++known;
  }
  return known == present;
}

}  // namespace

bool schema_knows(const flatbuffers::Table& table, std::string_view type) {
  const auto* object = binary_schema().objects()->LookupByKey(("nputwin.schema." + std::string(type)).c_str());
  return object != nullptr && knows(table, *object);
}

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
