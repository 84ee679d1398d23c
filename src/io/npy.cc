#include "io/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "tensor/check_booleans.h"

namespace nputwin {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

/// The text after `'key':` in the header's dictionary.
std::string_view value_of(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) return {};
  header.remove_prefix(at + key.size() + 3);
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

Result<Shape> parse_shape(std::string_view text, const std::string& name) {
  Shape shape;
  const auto malformed = [&] { return error("{}: its .npy header has no valid shape", name); };
  if (text.empty() || text.front() != '(') return malformed();
  text.remove_prefix(1);
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (text.empty()) return malformed();
    if (text.front() == ')') return shape;
    std::int32_t d = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), d);
    if (failed != std::errc() || d < 0 || shape.size() >= 8) return malformed();
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    shape.push_back(d);
  }
}

/// What a file says of its array, and the array's bytes.
struct Header {
  std::string_view type;  // as NumPy writes it: <f4
  Shape shape;
  Bytes data;
};

Result<Header> parse_header(Bytes bytes, const std::string& name) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (all.size() < 12 || !all.starts_with(kMagic)) return error("{}: is not a .npy file", name);
  const bool wide = all[6] >= 2;  // version 1 has a 16-bit header length, later ones 32 bits
  std::uint32_t length = 0;
  std::memcpy(&length, all.data() + 8, wide ? 4 : 2);
  const std::size_t start = wide ? 12 : 10;
  if (length > all.size() - start) return error("{}: its .npy header is cut off", name);
  const std::string_view header = all.substr(start, length);

  std::string_view descr = value_of(header, "descr");
  if (descr.size() < 2 || (descr.front() != '\'' && descr.front() != '"'))
    return error("{}: its .npy header names no element type", name);
  descr = descr.substr(1, descr.find(descr.front(), 1) - 1);
  if (!value_of(header, "fortran_order").starts_with("False"))
    return error("{}: is in Fortran order, expected C order", name);
  NPUTWIN_ASSIGN_OR_RETURN(Shape shape, parse_shape(value_of(header, "shape"), name));
  return Header{descr, std::move(shape), bytes.subspan(start + length)};
}

}  // namespace

Result<Tensor> parse_npy(Bytes bytes, const std::string& name) {
  NPUTWIN_ASSIGN_OR_RETURN(Header header, parse_header(bytes, name));
  const auto [descr, shape, data] = header;
  const auto* type =
      std::find_if(std::begin(kDTypes), std::end(kDTypes), [&](const DTypeInfo& d) { return d.npy == descr; });
  if (type == std::end(kDTypes))
    return error("{}: has element type '{}', supported: float32, int8/16/32/64, uint8, bool, little-endian", name,
                 descr);
  Tensor tensor;
  tensor.spec.name = name;
  tensor.spec.type = type->type;
  tensor.spec.shape = shape;
  const auto count = element_count(tensor.spec.shape);
  if (!count || static_cast<std::uint64_t>(*count) > data.size() / type->bytes ||
      static_cast<std::size_t>(*count) * type->bytes != data.size()) {
    return error("{}: is {} {}, but {} bytes of data follow its header", name, type->name, to_string(tensor.spec.shape),
                 data.size());
  }
  if (auto s = check_booleans(tensor.spec.type, data); !s) return in_context(name, s.error());
  tensor.data.assign(data.begin(), data.end());
  return tensor;
}

Result<std::optional<Float64Array>> parse_float64_npy(Bytes bytes, const std::string& name) {
  NPUTWIN_ASSIGN_OR_RETURN(Header header, parse_header(bytes, name));
  if (header.type != "<f8") return std::optional<Float64Array>();
  const auto count = element_count(header.shape);
  if (!count || header.data.size() % sizeof(double) != 0 ||
      static_cast<std::uint64_t>(*count) != header.data.size() / sizeof(double))
    return error("{}: is float64 {}, but {} bytes of data follow its header", name, to_string(header.shape),
                 header.data.size());
  Float64Array array{std::move(header.shape), std::vector<double>(static_cast<std::size_t>(*count))};
  if (!array.values.empty()) std::memcpy(array.values.data(), header.data.data(), header.data.size());
  return std::optional(std::move(array));
}

std::string npy_bytes(const TensorView& tensor) {
  const Shape& shape = tensor.spec->shape;
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                   info(tensor.spec->type).npy, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string out(kMagic);
  out += '\x01';
  out += '\x00';
  out += static_cast<char>(header.size() & 255);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  out.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  return out;
}

}  // namespace nputwin
