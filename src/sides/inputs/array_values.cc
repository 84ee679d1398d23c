#include "sides/inputs/array_values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "sides/inputs/quantize.h"
#include "tensor/code_types.h"

namespace nputwin::inputs {
namespace {

bool is_quantized(const TensorSpec& input) {
  const bool holds_codes = is_8bit(input.type) || input.type == DType::kInt16;
  return holds_codes && !input.quantization.empty();
}

bool takes_integers(const TensorSpec& input) { return input.type != DType::kFloat32 && input.type != DType::kBool; }

/// What the user may say behind the path.
std::string advice(const TensorSpec& input, const Array& array) {
  if (!is_quantized(input)) return "; save it as that";
  if (!input.quantization.per_tensor() || array.type.kind != 'f')
    return "; add ,quantize=no where its numbers are quantized values of the input";
  return fmt::format(
      "; add ,quantize=yes to quantize its real numbers ({}), or ,quantize=no if they are quantized already",
      quantization_text(input));
}

/// "3,0,2" of element i.
std::string index_text(std::size_t i, const Shape& shape) {
  std::string text;
  for (std::size_t d = shape.size(); d-- > 0;) {
    const auto size = static_cast<std::size_t>(shape[d]);
    text = fmt::format("{}{}{}", i % size, text.empty() ? "" : ",", text);
    i /= size;
  }
  return text;
}

/// The number as a To, where it is one.
template <typename To, typename From>
std::optional<To> same_number(From value) {
  if constexpr (std::is_floating_point_v<From>) {
    // The limits as powers of two: every real type holds them.
    const auto beyond = std::ldexp(From{1}, std::numeric_limits<To>::digits);
    if (!(value == std::trunc(value)) || value >= beyond || value < (std::is_signed_v<To> ? -beyond : From{0}))
      return std::nullopt;
  } else if (!std::in_range<To>(value)) {
    return std::nullopt;
  }
  return static_cast<To>(value);
}

/// Each number as `to_value` gives it; an error where it gives none.
template <typename To, typename F>
Result<std::vector<std::byte>> converted(const Array& array, const std::string& where, const std::string& expected,
                                         F&& to_value) {
  return with_numbers(array, [&](auto numbers) -> Result<std::vector<std::byte>> {
    std::vector<std::byte> data(numbers.size() * sizeof(To));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::optional<To> value = to_value(numbers[i]);
      if (!value)
        return error("{}: element [{}] is {}, expected {}", where, index_text(i, array.shape), numbers[i], expected);
      std::memcpy(&data[i * sizeof(To)], &*value, sizeof(To));
    }
    return data;
  });
}

template <typename To>
Result<std::vector<std::byte>> same_numbers(const TensorSpec& input, const Array& array, const std::string& where) {
  const std::string expected =
      fmt::format("a number that {} holds, which input '{}' takes", name(input.type), input.name);
  return converted<To>(array, where, expected, [](auto value) { return same_number<To>(value); });
}

Result<std::vector<std::byte>> same_integers(const TensorSpec& input, const Array& array, const std::string& where) {
  switch (input.type) {
    case DType::kInt8:
      return same_numbers<std::int8_t>(input, array, where);
    case DType::kUInt8:
      return same_numbers<std::uint8_t>(input, array, where);
    case DType::kInt16:
      return same_numbers<std::int16_t>(input, array, where);
    case DType::kInt32:
      return same_numbers<std::int32_t>(input, array, where);
    default:
      return same_numbers<std::int64_t>(input, array, where);
  }
}

Result<std::vector<std::byte>> quantized(const TensorSpec& input, const Array& array, const std::string& where,
                                         const Notes& notes) {
  if (!input.quantization.per_tensor() || !(input.scale() > 0))
    return error("{}: quantize=yes, but input '{}' has no single scale above 0", where, input.name);
  const CodeRange range = code_range(input.type);
  std::size_t clamped = 0;
  Result<std::vector<std::byte>> data = Error{};
  with_code_type(input.type, [&]<typename Code>(Code) {
    data = converted<Code>(array, where, "a number that can be quantized", [&](auto value) -> std::optional<Code> {
      using Real = std::conditional_t<std::is_same_v<decltype(value), float>, float, double>;
      const Real steps = static_cast<Real>(value) / static_cast<Real>(input.scale());
      if (std::isnan(steps)) return std::nullopt;
      const std::int64_t code = unclamped_code(static_cast<double>(steps), input.zero_point());
      const std::int64_t kept = std::clamp<std::int64_t>(code, range.lo, range.hi);
      if (kept != code) ++clamped;
      return static_cast<Code>(kept);
    });
  });
  if (data) {
    const std::string beyond = clamped == 0 ? ""
                                            : fmt::format("; {} of {} clamped to {}..{}", clamped,
                                                          array.bytes().size() / array.type.bytes, range.lo, range.hi);
    notes.say(clamped == 0 ? "quantized" : "clamped", input,
              fmt::format("{}: {} quantized to {} ({}), half to even{}", where, name(array.type), name(input.type),
                          quantization_text(input), beyond));
  }
  return data;
}

Result<std::vector<std::byte>> rounded_to_float(const TensorSpec& input, const Array& array, const std::string& where,
                                                const Notes& notes) {
  std::size_t rounded = 0;
  auto data = converted<float>(array, where, "a number", [&](auto value) {
    const auto nearest = static_cast<float>(value);
    if (static_cast<double>(nearest) != static_cast<double>(value) && nearest == nearest) ++rounded;
    return std::optional(nearest);
  });
  if (rounded > 0)
    notes.say("rounded", input,
              fmt::format("{}: {} of {} float64 numbers rounded to float32", where, rounded,
                          array.bytes().size() / array.type.bytes));
  return data;
}

/// Whether integers of one type are those of the other without a word from the user. int8 for uint8 may mean the same
/// numbers, or 128 more.
bool integers_agree(const TensorSpec& input, const Array& array) {
  const NumberType want = number_type(input.type);
  const bool integers = array.type.kind == 'i' || array.type.kind == 'u';
  return integers && !(is_quantized(input) && array.type.bytes == want.bytes);
}

/// An error where what the user says of the numbers makes no sense for the input.
Status check(const TensorSpec& input, Numbers numbers, const std::string& where) {
  const bool makes_sense =
      numbers == Numbers::kUnsaid || is_quantized(input) || (numbers == Numbers::kCodes && takes_integers(input));
  if (makes_sense) return {};
  return error("{}: quantize is for quantized inputs, but input '{}' takes {}; NAME=FILE,quantize=… is for one input",
               where, input.name, name(input.type));
}

Result<Values> shared(Result<std::vector<std::byte>> data) {
  if (!data) return data.error();
  auto owner = std::make_shared<const std::vector<std::byte>>(std::move(*data));
  return Values{*owner, owner};
}

}  // namespace

Result<Values> values_for(const TensorSpec& input, const std::shared_ptr<const Array>& array, Numbers numbers,
                          const std::string& where, const Notes& notes) {
  NPUTWIN_RETURN_IF_ERROR(check(input, numbers, where));
  if (numbers == Numbers::kReal) return shared(quantized(input, *array, where, notes));
  if (array->type == number_type(input.type)) return Values{array->bytes(), array};
  if (input.type == DType::kFloat32 && array->type.kind == 'f')
    return shared(rounded_to_float(input, *array, where, notes));
  if (takes_integers(input) && (numbers == Numbers::kCodes || integers_agree(input, *array)))
    return shared(same_integers(input, *array, where));
  return error("{}: is {}, but input '{}' takes {}{}", where, name(array->type), input.name, name(input.type),
               advice(input, *array));
}

}  // namespace nputwin::inputs
