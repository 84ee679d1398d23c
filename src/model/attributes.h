#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nputwin {

/// One attribute of a node: an integer (also enumerations and booleans), a real number, a list of integers or
/// a text.
using AttributeValue = std::variant<std::int64_t, double, std::vector<std::int32_t>, std::string>;

/// A node's attributes by the names of the .tflite schema ("stride_w"). The reader fills in the schema's
/// defaults.
class Attributes {
 public:
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<std::string, AttributeValue>> values) : values_(values) {}

  void set(std::string name, AttributeValue value) { values_.emplace_back(std::move(name), std::move(value)); }

  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t fallback = 0) const {
    const auto* v = find<std::int64_t>(name);
    return v != nullptr ? *v : fallback;
  }
  [[nodiscard]] double real(std::string_view name, double fallback = 0) const {
    const auto* v = find<double>(name);
    return v != nullptr ? *v : fallback;
  }
  [[nodiscard]] const std::vector<std::int32_t>& integers(std::string_view name) const {
    static const std::vector<std::int32_t> kNone;
    const auto* v = find<std::vector<std::int32_t>>(name);
    return v != nullptr ? *v : kNone;
  }
  [[nodiscard]] const std::string& text(std::string_view name) const {
    static const std::string kNone;
    const auto* v = find<std::string>(name);
    return v != nullptr ? *v : kNone;
  }
  [[nodiscard]] const std::vector<std::pair<std::string, AttributeValue>>& all() const { return values_; }

 private:
  template <typename T>
  [[nodiscard]] const T* find(std::string_view name) const {
    for (const auto& [key, value] : values_) {
      if (key == name) return std::get_if<T>(&value);
    }
    return nullptr;
  }

  std::vector<std::pair<std::string, AttributeValue>> values_;
};

}  // namespace nputwin
