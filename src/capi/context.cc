// Contexts, and what the other functions of the installed header share.

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "capi/handles.h"
#include "command/arguments.h"
#include "command/version.h"
#include "io/npy.h"

namespace nputwin::capi {
namespace {

Status check_size(std::size_t given, std::size_t least, std::string_view what) {
  if (given < least) return error("{}.struct_size: expected sizeof({}), got {}", what, what, given);
  return {};
}

Result<int> threads_of(const std::string& text) {
  constexpr int kMost = 1024;
  int threads = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, threads);
  if (read.ec != std::errc() || read.ptr != end || threads < 1 || threads > kMost)
    return error("option threads={}: expected a number from 1 to {}", text, kMost);
  return threads;
}

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
  for (const auto& [name_text, value_text] : std::span(options, count)) {
    NPUTWIN_RETURN_IF_ERROR(check_given(name_text, "nputwin_option.name"));
    NPUTWIN_RETURN_IF_ERROR(check_given(value_text, "nputwin_option.value"));
    const std::string name = name_text, value = value_text;
    if (name == "threads") {
      NPUTWIN_ASSIGN_OR_RETURN(machine.threads, threads_of(value));
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
  NPUTWIN_RETURN_IF_ERROR(check_given(tensor, "tensor"));
  NPUTWIN_RETURN_IF_ERROR(check_size(tensor->struct_size, sizeof(nputwin_tensor), "nputwin_tensor"));
  const Quantization& q = spec.quantization;
  const nputwin_tensor all{tensor->struct_size,
                           index,
                           spec.name.c_str(),
                           name(spec.type).data(),
                           spec.shape.data(),
                           spec.shape.size(),
                           q.scale.data(),
                           q.zero_point.data(),
                           q.scale.size(),
                           q.axis,
                           bytes ? bytes->data() : nullptr,
                           bytes ? bytes->size() : spec.bytes()};
  std::memcpy(tensor, &all, std::min(tensor->struct_size, sizeof all));
  return {};
}

Result<std::shared_ptr<const Array>> array_of(const nputwin_array* array) {
  NPUTWIN_RETURN_IF_ERROR(check_given(array, "array"));
  NPUTWIN_RETURN_IF_ERROR(check_size(array->struct_size, sizeof(nputwin_array), "nputwin_array"));
  NPUTWIN_RETURN_IF_ERROR(check_given(array->type, "nputwin_array.type"));
  if (array->dimensions > 0) NPUTWIN_RETURN_IF_ERROR(check_given(array->shape, "nputwin_array.shape"));
  if (array->bytes > 0) NPUTWIN_RETURN_IF_ERROR(check_given(array->data, "nputwin_array.data"));
  NPUTWIN_ASSIGN_OR_RETURN(const NumberType type, number_type_of(array->type));
  Shape shape;
  for (const std::int64_t d : std::span(array->shape, array->dimensions)) {
    if (d < 0 || d > INT32_MAX) return error("an array's dimension is {}, expected 0 to {}", d, INT32_MAX);
    shape.push_back(static_cast<std::int32_t>(d));
  }
  const auto elements = element_count(shape);
  if (!elements || static_cast<std::size_t>(*elements) != array->bytes / type.bytes || array->bytes % type.bytes != 0)
    return error("an array of {} {} has {} bytes", array->type, to_string(shape), array->bytes);
  const Bytes bytes(static_cast<const std::byte*>(array->data), array->bytes);
  return std::make_shared<const Array>(array_in_memory(type, std::move(shape), bytes));
}

}  // namespace nputwin::capi

using namespace nputwin::capi;

extern "C" {

const char* nputwin_version(void) {
  static const std::string kVersion = nputwin::command::version_text();
  return kVersion.c_str();
}

int nputwin_api_version(void) { return NPUTWIN_API_VERSION; }

nputwin_context* nputwin_context_new(void) { return new (std::nothrow) nputwin_context; }

void nputwin_context_free(nputwin_context* context) { delete context; }

const char* nputwin_error(const nputwin_context* context) {
  return context == nullptr ? "the context is NULL" : context->error.c_str();
}

void nputwin_context_set_callbacks(nputwin_context* context, const nputwin_callbacks* callbacks) {
  if (context == nullptr) return;
  context->callbacks = {};
  if (callbacks != nullptr)
    std::memcpy(&context->callbacks, callbacks, std::min(callbacks->struct_size, sizeof context->callbacks));
}

}  // extern "C"
