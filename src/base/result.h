#pragma once

#include <fmt/core.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace nputwin {

/// Why something could not be done: what was expected, what came, and where. One line, no trailing full stop.
struct Error {
  std::string message;
};

/// A value or the Error that stood in its way. Library code returns it, never throws on input and never prints.
/// The names are those of std::expected, which C++20 lacks. `*` and `->` ask for a value, error() for an error; value()
/// throws where there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result() requires std::default_initializable<T> : value_(std::in_place) {}
  Result(Error error) : error_(std::move(error)) {}
  template <typename U = T>
  requires(!std::same_as<std::remove_cvref_t<U>, Result> && std::convertible_to<U, T>) Result(U&& value)
      : value_(std::in_place, std::forward<U>(value)) {}  // in place: the value may be an optional without one

  [[nodiscard]] bool has_value() const { return value_.has_value(); }
  explicit operator bool() const { return has_value(); }

  [[nodiscard]] T& operator*() & { return *value_; }
  [[nodiscard]] const T& operator*() const& { return *value_; }
  [[nodiscard]] T&& operator*() && { return *std::move(value_); }
  [[nodiscard]] T* operator->() { return &*value_; }
  [[nodiscard]] const T* operator->() const { return &*value_; }

  [[nodiscard]] T& value() & { return value_.value(); }
  [[nodiscard]] const T& value() const& { return value_.value(); }
  [[nodiscard]] T&& value() && { return std::move(value_).value(); }
  template <typename U>
  [[nodiscard]] T value_or(U&& other) const& {
    return value_.value_or(std::forward<U>(other));
  }

  [[nodiscard]] const Error& error() const& { return error_; }
  [[nodiscard]] Error&& error() && { return std::move(error_); }

 private:
  std::optional<T> value_;
  Error error_;  // empty beside a value
};

/// Success, or the Error that stood in its way.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const& { return *error_; }
  [[nodiscard]] Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};
using Status = Result<void>;

template <typename... Args>
[[nodiscard]] Error error(fmt::format_string<Args...> format, Args&&... args) {
  return {fmt::format(format, std::forward<Args>(args)...)};
}

/// Puts a place ("model.tflite: op 4 CONV_2D") in front of an error that knew only its own step.
[[nodiscard]] inline Error in_context(std::string_view place, const Error& error) {
  return {fmt::format("{}: {}", place, error.message)};
}

}  // namespace nputwin

#define NPUTWIN_CONCAT_(a, b) a##b
#define NPUTWIN_CONCAT(a, b) NPUTWIN_CONCAT_(a, b)

/// Returns from the enclosing function with the error of `expression`, if it has one.
#define NPUTWIN_RETURN_IF_ERROR(expression)                                                      \
  do {                                                                                           \
    if (auto nputwin_step = (expression); !nputwin_step) return std::move(nputwin_step).error(); \
  } while (false)

#define NPUTWIN_ASSIGN_OR_RETURN_(name, declaration, expression) \
  auto name = (expression);                                      \
  if (!name) return std::move(name).error();                     \
  declaration = *std::move(name)

/// `NPUTWIN_ASSIGN_OR_RETURN(const auto x, f())`: x is the value of f(), or its error leaves the function.
#define NPUTWIN_ASSIGN_OR_RETURN(declaration, expression) \
  NPUTWIN_ASSIGN_OR_RETURN_(NPUTWIN_CONCAT(nputwin_result_, __LINE__), declaration, expression)
