// Contexts, and what the other functions of the installed header share.

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "capi/handles.h"
#include "command/arguments.h"
#include "command/version.h"
#include "tensor/check_booleans.h"

namespace nputwin::capi {
namespace {

Result<NumberType> number_type_of(std::string_view name) {
  constexpr NumberType kTypes[] = {{'b', 1}, {'i', 1}, {'i', 2}, {'i', 4}, {'i', 8}, {'u', 1},
                                   {'u', 2}, {'u', 4}, {'u', 8}, {'f', 2}, {'f', 4}, {'f', 8}};
  std::vector<std::string> names;
  for (const NumberType type : kTypes) {
    names.push_back(nputwin::name(type));
    if (names.back() == name) return type;
  }
  return error("an array's type is one of {}, not '{}'", fmt::join(names, ", "), name);
}

}  // namespace

Callbacks callbacks_of(const nputwin_context& context) {
  const nputwin_callbacks& c = context.callbacks;
  Callbacks callbacks;
  if (c.progress != nullptr)
    callbacks.progress = [c](std::size_t done, std::size_t all) { c.progress(c.user, done, all); };
  if (c.note != nullptr) callbacks.note = [c](const std::string& text) { c.note(c.user, text.c_str()); };
  if (c.stop != nullptr) callbacks.stop = [c] { return c.stop(c.user) != 0; };
  return callbacks;
}

Result<SessionOptions> session_options(const nputwin_option* options, std::size_t count, bool& keep) {
  if (count > 0) NPUTWIN_RETURN_IF_ERROR(check_given(options, "options"));
  command::MachineArguments machine;
  machine.threads = 1;
  for (const auto& [name_text, value_text] : std::span(options, count)) {
    NPUTWIN_RETURN_IF_ERROR(check_given(name_text, "nputwin_option.name"));
    NPUTWIN_RETURN_IF_ERROR(check_given(value_text, "nputwin_option.value"));
    const std::string name = name_text, value = value_text;
    if (name == "threads") {
      const auto threads = read_threads(value);
      if (!threads) return in_context("option threads", threads.error());
      machine.threads = *threads;
    } else if (name == "isa") {
      machine.isa.name = value;
    } else if (name == "shape") {
      machine.preparation.shapes.push_back(value);
    } else if (name == "on-cpu") {
      machine.preparation.on_cpu.push_back(value);
    } else if (name == "keep" && (value == "yes" || value == "no")) {
      keep = value == "yes";
    } else {
      return error("option {}={}: expected threads=N, isa=NAME, shape=INPUT=1x224x224x3, on-cpu=PATTERN or keep=yes",
                   name, value);
    }
  }
  return machine.options();
}

Status give(const TensorSpec& spec, int index, std::optional<Bytes> bytes, nputwin_tensor* tensor) {
  NPUTWIN_ASSIGN_OR_RETURN(const nputwin_tensor given, known_part(tensor, kTensorSize, "nputwin_tensor"));
  const Quantization& q = spec.quantization;
  const nputwin_tensor all{given.struct_size,
                           index,
                           spec.name.c_str(),
                           name(spec.type).data(),  // NOLINT(bugprone-suspicious-stringview-data-usage): a literal
                           spec.shape.data(),
                           spec.shape.size(),
                           q.scale.data(),
                           q.zero_point.data(),
                           q.scale.size(),
                           q.axis,
                           bytes ? bytes->data() : nullptr,
                           bytes ? bytes->size() : spec.bytes()};
  std::memcpy(tensor, &all, std::min(given.struct_size, sizeof all));
  return {};
}

Result<std::shared_ptr<const Array>> array_of(const nputwin_array* given) {
  NPUTWIN_ASSIGN_OR_RETURN(const nputwin_array array, known_part(given, kArraySize, "nputwin_array"));
  NPUTWIN_RETURN_IF_ERROR(check_given(array.type, "nputwin_array.type"));
  if (array.dimensions > 0) NPUTWIN_RETURN_IF_ERROR(check_given(array.shape, "nputwin_array.shape"));
  if (array.bytes > 0) NPUTWIN_RETURN_IF_ERROR(check_given(array.data, "nputwin_array.data"));
  NPUTWIN_ASSIGN_OR_RETURN(const NumberType type, number_type_of(array.type));
  Shape shape;
  for (const std::int64_t d : std::span(array.shape, array.dimensions)) {
    if (d < 0 || d > INT32_MAX) return error("an array's dimension is {}, expected 0 to {}", d, INT32_MAX);
    shape.push_back(static_cast<std::int32_t>(d));
  }
  const auto elements = element_count(shape);
  const auto bytes = elements ? checked_mul(*elements, static_cast<std::int64_t>(type.bytes)) : std::nullopt;
  if (!bytes) return error("an array of {} {} is larger than any memory", array.type, to_string(shape));
  if (static_cast<std::size_t>(*bytes) != array.bytes)
    return error("an array of {} {} has {} bytes, expected {}", array.type, to_string(shape), array.bytes, *bytes);
  const Bytes values(static_cast<const std::byte*>(array.data), array.bytes);
  if (type.kind == 'b') NPUTWIN_RETURN_IF_ERROR(check_booleans(DType::kBool, values));
  return std::make_shared<const Array>(lent_array(type, std::move(shape), values));
}

}  // namespace nputwin::capi

using namespace nputwin::capi;

extern "C" {

const char* nputwin_version(void) {
  try {
    static const std::string kVersion = nputwin::command::version_text();
    return kVersion.c_str();
  } catch (...) {
    return "nputwin " NPUTWIN_VERSION;  // memory is short
  }
}

int nputwin_api_version(void) { return NPUTWIN_API_VERSION; }

nputwin_context* nputwin_context_new(void) { return new (std::nothrow) nputwin_context; }

void nputwin_context_free(nputwin_context* context) { delete context; }

const char* nputwin_error(const nputwin_context* context) {
  return context == nullptr ? "the context is NULL" : context->error.c_str();
}

nputwin_status nputwin_context_set_callbacks(nputwin_context* context, const nputwin_callbacks* callbacks) {
  return guarded(context, [&]() -> nputwin::Status {
    context->callbacks = {};
    if (callbacks == nullptr) return {};
    NPUTWIN_ASSIGN_OR_RETURN(context->callbacks, known_part(callbacks, kCallbacksSize, "nputwin_callbacks"));
    return {};
  });
}

}  // extern "C"
