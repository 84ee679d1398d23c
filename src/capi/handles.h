#pragma once

#include <nputwin/nputwin.h>

#include <concepts>
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
  } catch (const std::bad_alloc&) {
    context->error = "out of memory";
  } catch (const std::exception& e) {
    try {
      context->error = e.what();
    } catch (...) {
      context->error = "out of memory";
    }
  }
  return NPUTWIN_FAILED;
}

/// An error where a pointer that `what` names is NULL.
template <typename T>
[[nodiscard]] Status check_given(const T* pointer, std::string_view what) {
  if (pointer == nullptr) return error("{}: expected a pointer, got NULL", what);
  return {};
}

/// The caller's functions.
[[nodiscard]] Callbacks callbacks_of(const nputwin_context& context);

/// The options that a twin and a comparison have. `keep` is set where it is among them.
[[nodiscard]] Result<SessionOptions> session_options(const nputwin_option* options, std::size_t count, bool& keep);

/// Fills the caller's struct, as much of it as the caller has. `bytes` may be absent.
[[nodiscard]] Status give(const TensorSpec& spec, int index, std::optional<Bytes> bytes, nputwin_tensor* tensor);

/// A copy of the caller's array.
[[nodiscard]] Result<std::shared_ptr<const Array>> array_of(const nputwin_array* array);

}  // namespace nputwin::capi
