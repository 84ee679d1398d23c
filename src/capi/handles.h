#pragma once

#include <nputwin/nputwin.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/callbacks.h"
#include "io/array.h"
#include "io/tflite/reader.h"
#include "session/session_options.h"

// What stands behind the handles of the installed header, and what its functions share.

struct nputwin_context {
  std::string error;
  nputwin_callbacks callbacks{};
};

struct nputwin_model {
  nputwin_context* context;
  nputwin::ModelFile file;  ///< with its bytes
  std::shared_ptr<const nputwin::Model> model;
  std::string json;  ///< once it has been asked for
};

namespace nputwin::capi {

/// Runs f, which returns a Status or a nputwin_status; what it fails with, or throws, becomes the context's error.
template <std::invocable F>
nputwin_status guarded(nputwin_context* context, F&& f) noexcept {
  if (context == nullptr) return NPUTWIN_FAILED;
  // Short texts need no memory.
  try {
    const auto result = f();
    if constexpr (std::is_same_v<std::remove_const_t<decltype(result)>, Status>) {
      if (result) return NPUTWIN_OK;
      context->error = result.error().message;
      return NPUTWIN_FAILED;
    } else {
      return result;
    }
  } catch (const std::exception& e) {
    try {
      context->error = e.what();
    } catch (...) {
      context->error = "out of memory";
    }
  } catch (...) {
    context->error = "unknown error";  // of a function of the caller's
  }
  return NPUTWIN_FAILED;
}

/// An error where a pointer that `what` names is NULL.
template <typename T>
[[nodiscard]] Status check_given(const T* pointer, std::string_view what) {
  if (pointer == nullptr) return error("{}: expected a pointer, got NULL", what);
  return {};
}

// The sizes that the structs have in version 1 of the interface: no program has smaller ones.
inline constexpr std::size_t kCallbacksSize = offsetof(nputwin_callbacks, stop) + sizeof(nputwin_callbacks::stop);
inline constexpr std::size_t kTensorSize = offsetof(nputwin_tensor, bytes) + sizeof(nputwin_tensor::bytes);
inline constexpr std::size_t kArraySize = offsetof(nputwin_array, dimensions) + sizeof(nputwin_array::dimensions);
inline constexpr std::size_t kAttachmentSize = offsetof(nputwin_attachment, array) + sizeof(const void*);

/// What this library knows of a struct that may be an older one or a newer one; what an older one lacks is zero.
template <typename T>
[[nodiscard]] Result<T> known_part(const T* given, std::size_t least, std::string_view what) {
  NPUTWIN_RETURN_IF_ERROR(check_given(given, what));
  if (given->struct_size < least)
    return error("{}.struct_size: expected sizeof({}), got {}", what, what, given->struct_size);
  T known{};
  std::memcpy(&known, given, std::min(given->struct_size, sizeof known));
  return known;
}

/// Element i of an array of structs, each as large as its first one says.
template <typename T>
[[nodiscard]] const T* element_of(const T* first, std::size_t i) {
  return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(first) + i * first->struct_size);
}

/// The caller's functions.
[[nodiscard]] Callbacks callbacks_of(const nputwin_context& context);

/// The options that a twin and a comparison have. `keep` is set where it is among them.
[[nodiscard]] Result<SessionOptions> session_options(const nputwin_option* options, std::size_t count, bool& keep);

/// Fills the caller's struct, as much of it as the caller has. `bytes` may be absent.
[[nodiscard]] Status give(const TensorSpec& spec, int index, std::optional<Bytes> bytes, nputwin_tensor* tensor);

/// The caller's array, which is not copied: it is read as long as the call takes.
[[nodiscard]] Result<std::shared_ptr<const Array>> array_of(const nputwin_array* given);

}  // namespace nputwin::capi
