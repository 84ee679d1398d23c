#include "io/tflite/schema.h"

#include <flatbuffers/reflection.h>

#include <algorithm>
#include <cctype>

#include "schema/tflite_bfbs_generated.h"

namespace nputwin {
namespace {

const reflection::Schema& binary_schema() { return *reflection::GetSchema(schema::ModelBinarySchema::data()); }

const flatbuffers::Vector<flatbuffers::Offset<reflection::EnumVal>>& options_union() {
  return *binary_schema().enums()->LookupByKey("nputwin.schema.BuiltinOptions")->values();
}

/// The table that a value of the union stands for, or null.
const reflection::Object* object_of(const reflection::EnumVal* value) {
  if (value == nullptr || value->union_type() == nullptr || value->union_type()->index() < 0) return nullptr;
  return binary_schema().objects()->Get(static_cast<flatbuffers::uoffset_t>(value->union_type()->index()));
}

/// The table that describes options of union type `type`, or null.
const reflection::Object* options_table(schema::BuiltinOptions type) {
  return object_of(options_union().LookupByKey(static_cast<std::int64_t>(type)));
}

/// Ops whose table is not called after them.
constexpr std::pair<std::string_view, std::string_view> kSharedTables[] = {
    {"AVERAGE_POOL_2D", "Pool2DOptions"},
    {"MAX_POOL_2D", "Pool2DOptions"},
    {"L2_POOL_2D", "Pool2DOptions"},
    {"L2_NORMALIZATION", "L2NormOptions"},
    {"MEAN", "ReducerOptions"},
    {"SUM", "ReducerOptions"},
    {"REDUCE_MAX", "ReducerOptions"},
    {"REDUCE_MIN", "ReducerOptions"},
    {"REDUCE_PROD", "ReducerOptions"},
    {"REDUCE_ANY", "ReducerOptions"},
    {"REDUCE_ALL", "ReducerOptions"},
    {"MAXIMUM", "MaximumMinimumOptions"},
    {"MINIMUM", "MaximumMinimumOptions"},
    {"RANDOM_UNIFORM", "RandomOptions"},
    {"RANDOM_STANDARD_NORMAL", "RandomOptions"},
    {"UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNNOptions"},
    {"MULTINOMIAL", "RandomOptions"},
    {"CONV_3D_TRANSPOSE", "Conv3DOptions"},
};

/// CONV_2D and Conv2DOptions are spelled alike but for underscores and case.
bool is_called_after(std::string_view table, std::string_view op) {
  std::string letters, wanted;
  for (const char c : op) {
    if (c != '_') wanted += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (const char c : table) letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters == wanted + "options";
}

/// The value of the union that an op's options have, or null where the schema has none for it.
const reflection::EnumVal* options_of(std::string_view op) {
  const auto* shared = std::ranges::find(kSharedTables, op, [](const auto& entry) { return entry.first; });
  for (const auto* value : options_union()) {
    const std::string_view table = value->name()->string_view();
    if (shared != std::end(kSharedTables) ? table == shared->second : is_called_after(table, op)) return value;
  }
  return nullptr;
}

/// A field's value ready to be put into a table, which can hold no other object while it is being written.
struct PreparedField {
  const reflection::Field* field = nullptr;
  std::int64_t integer = 0;
  float real = 0;
  flatbuffers::uoffset_t offset = 0;  // of a vector or a string
};

bool holds(reflection::BaseType type, std::int64_t value) {
  switch (type) {
    case reflection::Bool:
      return value == 0 || value == 1;
    case reflection::Byte:
      return value >= INT8_MIN && value <= INT8_MAX;
    case reflection::Long:
      return true;
    default:
      return value >= INT32_MIN && value <= INT32_MAX;
  }
}

Result<PreparedField> prepare_field(flatbuffers::FlatBufferBuilder& builder, const reflection::Field& field,
                                    const AttributeValue& value) {
  PreparedField prepared{&field};
  const std::string name = field.name()->str();
  switch (field.type()->base_type()) {
    case reflection::Float: {
      const auto* real = std::get_if<double>(&value);
      if (real == nullptr) return error("attribute '{}' holds no real number, expected one", name);
      prepared.real = static_cast<float>(*real);
      return prepared;
    }
    case reflection::Vector: {
      const auto* list = std::get_if<std::vector<std::int32_t>>(&value);
      if (list == nullptr) return error("attribute '{}' holds no list of integers, expected one", name);
      prepared.offset = builder.CreateVector(*list).o;
      return prepared;
    }
    case reflection::String: {
      const auto* text = std::get_if<std::string>(&value);
      if (text == nullptr) return error("attribute '{}' holds no text, expected one", name);
      prepared.offset = builder.CreateString(*text).o;
      return prepared;
    }
    default: {
      const auto* integer = std::get_if<std::int64_t>(&value);
      if (integer == nullptr) return error("attribute '{}' holds no integer, expected one", name);
      if (!holds(field.type()->base_type(), *integer))
        return error("attribute '{}' is {}, which its field does not hold", name, *integer);
      prepared.integer = *integer;
      return prepared;
    }
  }
}

void add_field(flatbuffers::FlatBufferBuilder& builder, const PreparedField& prepared) {
  const reflection::Field& field = *prepared.field;
  const auto add_integer = [&](auto type) {
    using T = decltype(type);
    builder.AddElement<T>(field.offset(), static_cast<T>(prepared.integer), static_cast<T>(field.default_integer()));
  };
  switch (field.type()->base_type()) {
    case reflection::Float:
      return builder.AddElement<float>(field.offset(), prepared.real, static_cast<float>(field.default_real()));
    case reflection::Vector:
    case reflection::String:
      return builder.AddOffset(field.offset(), flatbuffers::Offset<void>(prepared.offset));
    case reflection::Bool:
    case reflection::Byte:
      return add_integer(std::int8_t{});
    case reflection::Long:
      return add_integer(std::int64_t{});
    default:
      return add_integer(std::int32_t{});
  }
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

Result<WrittenOptions> write_attributes(flatbuffers::FlatBufferBuilder& builder, std::string_view op,
                                        const Attributes& attributes) {
  const reflection::EnumVal* options = options_of(op);
  const reflection::Object* object = object_of(options);
  if (object == nullptr) {
    if (attributes.all().empty()) return {};
    return error("has attribute '{}', but the schema here knows no attributes of {}", attributes.all()[0].first, op);
  }
  if (attributes.all().empty() && object->fields()->size() > 0) return {};
  std::vector<PreparedField> fields;
  for (const auto& [name, value] : attributes.all()) {
    const auto* field = object->fields()->LookupByKey(name.c_str());
    if (field == nullptr || field->deprecated())
      return error("has attribute '{}', which is none of {}", name, options->name()->string_view());
    NPUTWIN_ASSIGN_OR_RETURN(const PreparedField prepared, prepare_field(builder, *field, value));
    fields.push_back(prepared);
  }
  const auto start = builder.StartTable();
  for (const PreparedField& field : fields) add_field(builder, field);
  return WrittenOptions{static_cast<schema::BuiltinOptions>(options->value()), builder.EndTable(start)};
}

flatbuffers::Offset<schema::Buffer> write_buffer(flatbuffers::FlatBufferBuilder& builder, Bytes data) {
  constexpr std::size_t kAlignment = 16;
  if (data.empty()) return schema::CreateBuffer(builder);
  builder.ForceVectorAlignment(data.size(), 1, kAlignment);
  return schema::CreateBuffer(builder,
                              builder.CreateVector(reinterpret_cast<const std::uint8_t*>(data.data()), data.size()));
}

}  // namespace nputwin
