#include "builtin_options.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <type_traits>
#include <vector>

#include "builtin_structs.h"
#include "element_types.h"

namespace nputwin::delegate {
namespace {

using Write = void (*)(std::byte* field, const Attributes& attributes, std::string_view name);

struct Field {
  std::string_view attribute;
  std::size_t offset;
  int since;  // the version of the op
  AttributeValue (*read)(const std::byte* field);
  Write write;
};

struct OpOptions {
  std::string_view op;
  std::vector<Field> fields;
};

template <typename T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

/// How the values of a member's type stand in the file.
template <typename T>
struct Told {
  static AttributeValue read(const std::byte* field) { return static_cast<std::int64_t>(load<T>(field)); }
  static void write(std::byte* field, const Attributes& a, std::string_view name) {
    store(field, static_cast<T>(a.integer(name)));
  }
};
template <>
struct Told<float> {
  static AttributeValue read(const std::byte* field) { return static_cast<double>(load<float>(field)); }
  static void write(std::byte* field, const Attributes& a, std::string_view name) {
    store(field, static_cast<float>(a.real(name)));
  }
};
/// TFLite's enumeration begins with "unknown".
template <typename T>
struct FromOne {
  static AttributeValue read(const std::byte* field) { return std::int64_t{std::max(load<int>(field) - 1, 0)}; }
  static void write(std::byte* field, const Attributes& a, std::string_view name) {
    store(field, static_cast<int>(a.integer(name)) + 1);
  }
};
template <>
struct Told<abi::TfLitePadding> : FromOne<abi::TfLitePadding> {};
template <>
struct Told<abi::TfLiteMirrorPaddingMode> : FromOne<abi::TfLiteMirrorPaddingMode> {};
template <>
struct Told<abi::TfLiteType> {
  static AttributeValue read(const std::byte* field) {
    return std::int64_t{file_code(static_cast<abi::TfLiteType>(load<int>(field)))};
  }
  static void write(std::byte* field, const Attributes& a, std::string_view name) {
    store(field, static_cast<int>(type_of_file_code(static_cast<int>(a.integer(name)))));
  }
};
template <>
struct Told<abi::ShortList> {
  static AttributeValue read(const std::byte* field) {
    const auto list = load<abi::ShortList>(field);
    const int count = std::clamp(list.count, 0, static_cast<int>(std::size(list.list)));
    return std::vector<std::int32_t>(list.list, list.list + count);
  }
  static void write(std::byte* field, const Attributes& a, std::string_view name) {
    abi::ShortList list{};
    const auto& values = a.integers(name);
    list.count = static_cast<int>(std::min(values.size(), std::size(list.list)));
    std::copy_n(values.begin(), list.count, list.list);
    store(field, list);
  }
};

const std::vector<OpOptions>& all_options() {
#define LATER(attribute, member, version)                                                   \
  Field {                                                                                   \
#attribute, offsetof(Struct, member), version, Told < decltype(Struct::member)> ::read, \
        Told < decltype(Struct::member)> ::write                                            \
  }
#define FIELD(attribute, member) LATER(attribute, member, 1)
#define NPUTWIN_OPTIONS(op, struct_name, ...)          \
  [] {                                                 \
    using Struct = abi::struct_name;                   \
    static_assert(sizeof(Struct) <= kMostOptionBytes); \
    return OpOptions{#op, {__VA_ARGS__}};              \
  }(),
  static const std::vector<OpOptions> kOptions = {
#include "builtin_options.inc"
  };
#undef NPUTWIN_OPTIONS
#undef FIELD
#undef LATER
  return kOptions;
}

std::span<const Field> fields_of(std::string_view op) {
  const auto found = std::ranges::find(all_options(), op, &OpOptions::op);
  if (found == all_options().end()) return {};
  return found->fields;
}

}  // namespace

Attributes read_builtin_options(std::string_view op, int version, const void* data) {
  Attributes attributes;
  if (data == nullptr) return attributes;
  for (const Field& field : fields_of(op)) {
    if (version >= field.since)
      attributes.set(std::string(field.attribute), field.read(static_cast<const std::byte*>(data) + field.offset));
  }
  return attributes;
}

void write_builtin_options(std::string_view op, int version, const Attributes& attributes, std::span<std::byte> data) {
  for (const Field& field : fields_of(op)) {
    const bool given = std::ranges::any_of(attributes.all(), [&](const auto& a) { return a.first == field.attribute; });
    if (given && version >= field.since) field.write(data.data() + field.offset, attributes, field.attribute);
  }
}

std::span<const std::string_view> ops_with_options() {
  static const std::vector<std::string_view> kOps = [] {
    std::vector<std::string_view> ops;
    for (const OpOptions& options : all_options()) ops.push_back(options.op);
    return ops;
  }();
  return kOps;
}

}  // namespace nputwin::delegate
