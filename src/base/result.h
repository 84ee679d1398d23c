#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace nputwin {

/// Why something could not be done: what was expected, what came, and where. One line, no trailing full stop.
struct Error {
  std::string message;
};

/// A value or the Error that stood in its way. Library code returns it, never throws on input and never
/// prints.
template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

template <typename... Args>
[[nodiscard]] tl::unexpected<Error> error(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{fmt::format(format, std::forward<Args>(args)...)});
}

/// Puts a place ("model.tflite: op 4 CONV_2D") in front of an error that knew only its own step.
[[nodiscard]] inline tl::unexpected<Error> at(std::string_view place, const Error& error) {
  return tl::unexpected<Error>(Error{fmt::format("{}: {}", place, error.message)});
}

}  // namespace nputwin

#define NPUTWIN_CONCAT_(a, b) a##b
#define NPUTWIN_CONCAT(a, b) NPUTWIN_CONCAT_(a, b)

/// Returns from the enclosing function with the error of `expression`, if it has one.
#define NPUTWIN_RETURN_IF_ERROR(expression)                                       \
  do {                                                                            \
    if (auto nputwin_status = (expression); !nputwin_status) {                    \
      return tl::unexpected<::nputwin::Error>(std::move(nputwin_status).error()); \
    }                                                                             \
  } while (false)

#define NPUTWIN_ASSIGN_OR_RETURN_(name, declaration, expression)      \
  auto name = (expression);                                           \
  if (!name) {                                                        \
    return tl::unexpected<::nputwin::Error>(std::move(name).error()); \
  }                                                                   \
  declaration = std::move(*name)

/// `NPUTWIN_ASSIGN_OR_RETURN(const auto x, f())`: x is the value of f(), or its error leaves the function.
#define NPUTWIN_ASSIGN_OR_RETURN(declaration, expression) \
  NPUTWIN_ASSIGN_OR_RETURN_(NPUTWIN_CONCAT(nputwin_result_, __LINE__), declaration, expression)
